"""Two samples against each other: what differs, and how likely the difference is an accident."""
