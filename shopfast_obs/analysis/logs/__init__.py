"""Log lines: filter patterns, Logs Insights, and what lines say whatever their ids."""
