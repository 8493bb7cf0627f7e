# What a type checker sees of the names that are imported on first use.

from keras_hier.analysis import evidence as evidence
from keras_hier.analysis import quality as quality
from keras_hier.analysis.evidence.channel_evidence import channels as channels
from keras_hier.features.extraction import features as features
from keras_hier.features.untrained import untrained as untrained
from keras_hier.probing.alignment.class_correlation import (
    class_correlation as class_correlation,
)
from keras_hier.probing.alignment.tree_alignment import (
    tree_alignment as tree_alignment,
)
from keras_hier.probing.features import Features as Features
from keras_hier.probing.probe import probe as probe
from keras_hier.probing.probe_report import ProbeReport as ProbeReport
