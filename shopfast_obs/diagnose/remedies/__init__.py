"""From findings to commands and changes, and whether a change kept what was predicted."""
