"""What rules on functions share: invocations, requests, starts, callers, size, retries."""
