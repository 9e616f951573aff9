"""Durable executions: how they end, and what their code may not do."""
