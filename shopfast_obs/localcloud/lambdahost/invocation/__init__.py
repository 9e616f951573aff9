"""One invocation: how it can end, and what its log and its segments say."""
