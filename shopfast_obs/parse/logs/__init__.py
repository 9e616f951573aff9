"""Log events and lines, saved or read, to the model."""
