"""AWS's wire protocols: from bytes to the parameters of an operation, and back."""
