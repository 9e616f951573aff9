"""Rules about queues, topics and buses."""
