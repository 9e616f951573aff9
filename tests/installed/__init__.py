"""The wheel in environments of its own, outside of the checkout. Needs an index, and minutes."""
