"""MiniStack behind our front door: who may call without a signature, addresses, errors, WebSockets."""
