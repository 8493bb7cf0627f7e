"""Orders of classes and siblings."""
