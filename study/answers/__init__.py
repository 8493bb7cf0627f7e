"""What answers as deep as one can be sure are worth on real networks."""
