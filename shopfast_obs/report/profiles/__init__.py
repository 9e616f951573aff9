"""Traces for the viewers of profiles: folded stacks, speedscope's file format, trace events that Perfetto reads."""
