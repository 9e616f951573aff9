"""Which deployments there were, and which log lines tell of them."""
