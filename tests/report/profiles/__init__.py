"""Traces for viewers of profiles."""
