"""What the routes answer, one module a question."""
