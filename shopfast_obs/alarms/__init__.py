"""The alarm catalogue and its derivation from what is deployed."""
