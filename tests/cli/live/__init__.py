"""What the live page is handed."""
