"""What a layer holds."""
