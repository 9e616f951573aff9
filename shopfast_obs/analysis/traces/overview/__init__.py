"""Many traces: entry points, service map, call patterns, cold starts, and what the slow ones have in common."""
