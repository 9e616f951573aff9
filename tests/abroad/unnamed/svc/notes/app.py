"""A handler that always fails."""


def handler(event, context):
    """No note is ever there."""
    raise ValueError("there is no such note")
