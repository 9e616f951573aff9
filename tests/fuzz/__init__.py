"""Arbitrary input for every parser and endpoint that is ours. `readers.py` and `endpoints.py` name them; a short run is a test,
a long one `python -m bench fuzz --count N`."""
