"""What is changed in an account: functions, alarms, versions to measure."""
