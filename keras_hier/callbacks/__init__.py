"""Callbacks that log a model while it trains."""
