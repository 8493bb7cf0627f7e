"""Records of layers with numbers drawn at random."""

from tests.support.drawn_layers import layers_record

__all__ = ["layers_record"]
