"""The refusals of the machine, fit to show."""

from collections.abc import Iterable


class TransitionRefused(Exception):
    """An act that the file does not allow now; ``reasons`` are French sentences for the person at the screen."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))
