"""The graph of an application: which resource a value names, and what joins its stacks."""
