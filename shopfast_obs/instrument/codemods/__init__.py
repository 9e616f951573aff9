"""One module a codemod; the registry picks them up."""
