"""A TensorBoard plugin that shows hierarchical block matrices per epoch."""
