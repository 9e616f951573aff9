"""Buses, topics, queues, streams and pipes: what they measure, trace and dead-letter."""
