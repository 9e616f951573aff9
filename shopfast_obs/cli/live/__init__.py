"""What the live page is handed by the command line."""
