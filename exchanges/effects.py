"""The effects of exchanges: the delivery of mails."""

from exchanges.outbox import DELIVER, deliver

__all__ = ["DELIVER", "deliver"]
