"""The stored log, which the callback writes and the plugin reads."""
