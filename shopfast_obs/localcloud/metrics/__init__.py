"""CloudWatch: one metric store, one evaluator of alarms."""
