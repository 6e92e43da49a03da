"""The forms of the pages of a file; they validate and never persist."""
