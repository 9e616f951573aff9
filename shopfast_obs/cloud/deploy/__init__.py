"""From an assembly to a running application."""
