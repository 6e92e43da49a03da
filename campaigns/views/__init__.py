"""The pages of campaigns: the calendar of the year, and the questions of the diagnostic."""
