"""What everything talks about: resources, telemetry, findings, changes. Frozen; imports nothing of ours."""
