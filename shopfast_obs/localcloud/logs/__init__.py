"""The CloudWatch Logs plane: one store of events, one way in, what reads them. Groups and streams are MiniStack's."""
