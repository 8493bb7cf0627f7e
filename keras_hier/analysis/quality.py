"""Lists of classes and labels at fault, by a trained network.

Three ranked lists, each with a number of entries that are statistically
significant or more likely than not (`listed`):

- `overlapping_classes`: pairs and cliques of classes that the network cannot
  tell apart, and classes contained in another; from a confusion matrix.
- `suspect_labels`: samples whose label is likely wrong, or one of two that are
  right; from probabilities, full or of the best classes.
- `diverse_classes`: classes that are really two; from a confusion matrix.

`keras-hier quality RUN` makes them of a log. docs/why/quality.md says how to
read them.
"""

from keras_hier.analysis.data_quality.diverse_classes import (
    Diverse,
    diverse_classes,
)
from keras_hier.analysis.data_quality.label_issues import (
    SuspectLabels,
    Suspects,
    TwoObjects,
    suspect_labels,
)
from keras_hier.analysis.data_quality.label_noise import Noise
from keras_hier.analysis.data_quality.overlapping_classes import (
    Clique,
    Overlaps,
    Pairs,
    overlapping_classes,
)

__all__ = [
    "Clique",
    "Diverse",
    "Noise",
    "Overlaps",
    "Pairs",
    "SuspectLabels",
    "Suspects",
    "TwoObjects",
    "diverse_classes",
    "overlapping_classes",
    "suspect_labels",
]
