"""The embedded cloud, a process of its own; the rest reaches it only through AWS APIs."""
