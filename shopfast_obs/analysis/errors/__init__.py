"""Groups of failures: the same error is one group, whoever told of it."""
