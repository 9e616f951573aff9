"""One trace: its tree, its paths, what failed in it, and its waterfall."""
