"""X-Ray's filter expressions over traces."""
