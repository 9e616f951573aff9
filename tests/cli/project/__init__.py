"""What `init` reads and writes of a project."""
