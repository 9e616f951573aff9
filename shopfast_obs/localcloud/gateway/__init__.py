"""The one door of the local cloud: HTTP, who may pass, and which part answers."""
