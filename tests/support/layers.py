"""Records of layers with numbers drawn at random."""

from benchmarks.logs.drawn_layers import layers_record

__all__ = ["layers_record"]
