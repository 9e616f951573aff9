"""The query language of CloudWatch Logs Insights: a query is read once and run over records."""
