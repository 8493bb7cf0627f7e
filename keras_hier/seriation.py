"""`keras_hier.hierarchy.seriation`, under its public name."""

from keras_hier.hierarchy.seriation import (
    FloatArray,
    IntArray,
    Measures,
    dissimilarity,
    linkage,
    measures,
    order,
    order_siblings,
    similarity,
)

__all__ = [
    "FloatArray",
    "IntArray",
    "Measures",
    "dissimilarity",
    "linkage",
    "measures",
    "order",
    "order_siblings",
    "similarity",
]
