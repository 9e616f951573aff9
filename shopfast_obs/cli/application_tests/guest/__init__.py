"""Files that run inside the application's own Python: they import nothing of ours, and any Python 3.8 reads them."""
