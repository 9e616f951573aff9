"""The pytest plugin, in projects that are not this one."""
