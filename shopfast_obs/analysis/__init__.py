"""Model to insight, pure: trace tree, critical path, breakdown, service map, cold starts, error groups."""
