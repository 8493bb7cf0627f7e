"""The stored log: what the callback writes and the plugin reads."""
