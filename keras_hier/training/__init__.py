"""Training a model with heads: targets, losses, metrics, loss weights."""
