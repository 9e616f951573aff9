"""Plan, apply, undo: one way to change files, and the journal."""
