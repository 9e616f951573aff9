"""Files of the local cloud: what is acknowledged is stored."""
