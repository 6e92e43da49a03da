"""The doors of a file: the only ways to change it."""
