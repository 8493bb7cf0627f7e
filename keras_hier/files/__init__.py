"""Files that anyone may have written, read within stated limits."""
