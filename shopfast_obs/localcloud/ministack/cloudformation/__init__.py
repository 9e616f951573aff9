"""CloudFormation in MiniStack: types that it lacks, nested stacks, events, hot deployment."""
