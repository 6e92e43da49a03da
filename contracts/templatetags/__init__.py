"""Tags of the pages of a file."""
