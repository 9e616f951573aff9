"""What several codemods do to a module: imports, objects, decorators, log calls."""
