"""Reads the log for a request."""
