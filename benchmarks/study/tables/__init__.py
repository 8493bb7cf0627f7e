"""What the tables and pictures of docs/results.md are made of."""
