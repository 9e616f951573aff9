"""Python sources, read and never run."""
