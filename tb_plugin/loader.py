"""The former place of the entry point, which older installations still name."""

from keras_hier.tensorboard_loader import PLUGIN_NAME, Loader

__all__ = ["PLUGIN_NAME", "Loader"]
