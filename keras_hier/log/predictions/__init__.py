"""From labels and predictions of any kind to what is stored."""
