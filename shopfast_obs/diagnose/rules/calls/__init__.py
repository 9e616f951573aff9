"""Rules about the calls that functions make."""
