"""The doors of the exchange: meetings, messages and notes, remarks, pieces."""
