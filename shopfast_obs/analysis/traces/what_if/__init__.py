"""What traces would look like after a change: each is replayed as a graph of what waits for what."""
