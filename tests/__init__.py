"""The tests, and what they lend each other in `support`."""
