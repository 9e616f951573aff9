"""One execution environment's processes: what they are given, what they may use, what they write."""
