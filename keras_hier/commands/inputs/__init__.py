"""Users' files that commands read: arrays, counts, features, models."""
