"""The X-Ray plane: segments in, traces out."""
