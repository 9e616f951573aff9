"""Text and JSON to model, pure: X-Ray documents, platform log lines, structured logs, templates."""
