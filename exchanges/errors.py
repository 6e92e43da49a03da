"""What the exchange refuses, in a sentence fit to show."""


class Refused(Exception):
    """The act does not hold as things stand; the message is for the person at the screen."""


class StaleMinutes(Refused):
    """The minutes changed since the page was opened."""
