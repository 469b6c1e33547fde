"""The central system: authorizes, records, bills; HTTP API and pages."""
