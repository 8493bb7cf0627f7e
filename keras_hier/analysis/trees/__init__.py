"""A tree held against the errors."""
