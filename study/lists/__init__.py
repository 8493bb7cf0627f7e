"""How good the lists of `keras_hier.analysis.quality` are."""
