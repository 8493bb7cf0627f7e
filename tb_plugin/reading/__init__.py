"""What the log holds, read for a request."""
