"""What commands read of an application's own files: templates, assembly, sources, packages."""
