"""Rules about what ties requests together."""
