"""The only package that touches MiniStack's internals. `patch_registry.py` lists every place where it does;
the contract test checks them by name, so that a new version of MiniStack fails there first."""
