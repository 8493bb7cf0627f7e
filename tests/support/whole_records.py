"""Records of every kind as they should be."""

from functools import cache
from typing import Any

import numpy as np

from keras_hier.hierarchy import Grouping, Hierarchy
from keras_hier.log import kinds
from keras_hier.log.predictions.path_sums import path_sums
from keras_hier.log.predictions.top_k_predictions import top_k_of_scores
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples
from tests.support.layers import layers_record

CLASSES = [f"class {n}" for n in range(12)]


TREE = Hierarchy.from_nested(
    {
        "a": {"b": CLASSES[:3], "c": CLASSES[3:6]},
        "d": [{"e": CLASSES[6:8]}, *CLASSES[8:10]],
        "f": CLASSES[10:],
    },
    classes=CLASSES,
)


GROUPS = TREE.cut(groups=4)


CONVS = ("conv1", "conv2")


JPEG = b"\xff\xd8\xff" + bytes(20)


def index() -> SampleIndex:
    """Returns an index of 40 samples with names."""
    labels = np.arange(40) % len(CLASSES)
    return SampleIndex(labels, len(CLASSES), [f"{n}.jpg" for n in range(40)])


@cache
def whole() -> dict[str, tuple[bytes, ...]]:
    """Returns records of every kind that are as they should be."""
    rng = np.random.default_rng(0)
    found, blobs = index(), {}
    for kind, content in _content(rng, found).items():
        many = [
            kinds.KINDS[kind].encode(*args, **told) for args, told in content
        ]
        blobs[kind] = tuple(many[0]) if kind == "pictures" else tuple(many)
    return blobs


def _content(
    rng: np.random.Generator, found: SampleIndex
) -> dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]]:
    """Returns by kind the arguments of its encoder, for each record."""
    classes, of_tree = len(CLASSES), {"hierarchy": TREE.digest}
    counts = rng.poisson(1, (classes, classes)) * 300
    scores = rng.dirichlet(np.ones(classes), len(found))
    ranked = top_k_of_scores(found.labels, scores)
    shown = {n: JPEG if n % 3 else b"" for n in range(0, 40, 2)}
    head = {"grouping": GROUPS.digest, "role": "head", "layer": "conv2"}
    means = [
        ClassMeans(
            *(layer, place, "6 x 6 x 3", "grid3", TREE.digest),
            counts=np.full(classes, 5),
            means=rng.random((classes, 27), np.float32),
        )
        for place, layer in enumerate(CONVS)
    ]
    strongest = StrongestSamples(
        *(CONVS[0], TREE.digest, classes, found.ids[:9], found.labels[:9]),
        rows=rng.integers(0, 9, (27, 6)),
        values=rng.random((27, 6), np.float32),
        means=TREE.digest,
    )
    of_index = {"index": found.digest}
    of_samples = of_tree | of_index | {"num_classes": classes}
    blob = kinds.encode("samples", ranked, found.labels, **of_samples)
    as_given = scores[np.argsort(found.order)]
    sums = path_sums(TREE, found, ranked, as_given, from_logits=False)
    return {
        "matrix": [
            ((counts,), of_tree),
            ((GROUPS.aggregate(counts),), of_tree | head),
        ],
        "samples": [((ranked, found.labels), of_samples)],
        "paths": [((sums, blob), {})],
        "layers": [
            ((layers_record(TREE.digest, 3, 2, controls=3),), {}),
            ((layers_record(TREE.digest, 1, 1, controls=0),), {}),
        ],
        "means": [((each,), {}) for each in means],
        "strongest": [((strongest,), {})],
        "sample_index": [((found,), {})],
        "pictures": [((shown,), of_index | {"size": 64})],
        "hierarchy": [((TREE,), {})],
        "grouping": [
            ((GROUPS,), {}),
            ((Grouping(["x", "y"], np.arange(classes) % 2),), {}),
        ],
    }
