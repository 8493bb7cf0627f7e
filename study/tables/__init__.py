"""What the tables and pictures of study/results.md are made of."""
