"""CloudWatch Logs: one store of events, one way in, what reads them. Groups and streams are MiniStack's."""
