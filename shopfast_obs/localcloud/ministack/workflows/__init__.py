"""Step Functions: executions, what they measure, and their segments."""
