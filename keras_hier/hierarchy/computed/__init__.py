"""Trees computed from errors, and their evidence."""
