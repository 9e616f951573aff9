"""Templates of CloudFormation, read, and written without touching what people wrote around."""
