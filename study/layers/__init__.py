"""What the layers of the networks of the study know."""
