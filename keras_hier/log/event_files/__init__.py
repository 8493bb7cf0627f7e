"""TensorBoard's event files: read, written, resumed."""
