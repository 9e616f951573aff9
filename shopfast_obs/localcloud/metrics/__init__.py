"""The CloudWatch plane: one metric store, one evaluator of alarms."""
