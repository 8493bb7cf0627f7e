"""Tries the promises about logs and their readers thousands of times."""
