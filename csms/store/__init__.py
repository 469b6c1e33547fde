"""Rows and their queries. Functions take a connection; the caller owns the database transaction."""
