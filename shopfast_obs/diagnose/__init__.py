"""Rules over inventory and evidence."""
