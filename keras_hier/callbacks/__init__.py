"""What logs a model while it trains."""
