"""Features of a Keras model at some of its layers, trained or not."""
