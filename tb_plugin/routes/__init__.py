"""The HTTP routes: one module a question, which the plugin finds by itself."""
