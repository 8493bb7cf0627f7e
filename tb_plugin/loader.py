"""Where the entry point was: an older installation's metadata names it."""

from keras_hier.tensorboard_loader import PLUGIN_NAME, Loader

__all__ = ["PLUGIN_NAME", "Loader"]
