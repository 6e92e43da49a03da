"""What an act on people and rights answers when it cannot be done."""


class Refused(Exception):
    """The act cannot be done; the message says why, in French, to the person at the screen."""
