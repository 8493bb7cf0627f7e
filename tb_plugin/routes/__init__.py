"""The answers of the routes, one module a question."""
