"""One rule a module, in a folder an area."""
