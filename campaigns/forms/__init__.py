"""The forms of the campaigns."""
