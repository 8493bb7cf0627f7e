"""Readers of untrusted files, within stated limits."""
