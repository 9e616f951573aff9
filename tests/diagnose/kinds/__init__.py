"""Rules of one kind differ in data, and so do their tests."""
