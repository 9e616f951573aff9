"""Text of messages: what changes from call to call, ids at random, patterns that other people write."""
