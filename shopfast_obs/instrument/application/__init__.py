"""What an application's files say before they are instrumented: handlers, imports, style, tests."""
