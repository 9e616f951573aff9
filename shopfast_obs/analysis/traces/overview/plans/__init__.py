"""What is found out about one trace, for all traces of its shape: only times and ids differ."""
