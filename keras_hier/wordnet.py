"""`keras_hier.hierarchy.wordnet`, under its public name."""

from keras_hier.hierarchy.wordnet import (
    DEBIAN,
    Synset,
    nouns,
    rows,
    synset,
    table,
)

__all__ = ["DEBIAN", "Synset", "nouns", "rows", "synset", "table"]
