"""Sight for serverless applications that run blind."""

__version__ = "0.1.0"
