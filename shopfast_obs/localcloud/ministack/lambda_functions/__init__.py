"""MiniStack's functions on our Lambda host: invocation of every kind, durable executions."""
