"""What the editing of templates refuses, in a sentence fit to show."""


class Refused(Exception):
    """The act does not hold as things stand; the message is for the person at the screen."""
