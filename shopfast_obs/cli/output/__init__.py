"""What a reader sees. `terminal.py` alone knows rich."""
