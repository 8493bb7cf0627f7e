"""A process that scripts share, since importing TensorFlow takes seconds."""

from kept_process import kept  # noqa: F401
