"""Views of what analysis found, and their formats."""
