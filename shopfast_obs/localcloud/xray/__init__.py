"""X-Ray: segments in, traces out."""
