"""What instrumented functions need around them: in the overlay, in templates, in an account."""
