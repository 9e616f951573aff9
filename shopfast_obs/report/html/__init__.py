"""The report as one HTML file that needs nothing else and runs nothing but its own scripts."""
