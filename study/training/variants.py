"""The ways of training that the study compares, by name."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

import keras_hier as kh
from keras_hier.heads.branches import BRANCHES, hidden
from keras_hier.heads.distillation import TEMPERATURE
from keras_hier.heads.headed_model import HeadedModel, heads_of, main_output
from study.training.layers import (
    TreeHead,
    agreeing,
    borrowing,
    refined,
    uncertain,
)
from study.training.pseudo import Pseudo
from study.training.rival_losses import (
    ComplementCrossentropy,
    TreeMarginalCrossentropy,
)


class Head(NamedTuple):
    """An auxiliary head: where it reads, what it names, how much it counts."""

    layer: str
    groups: int | str  # how many groups a cut has at least, or "classes"
    weight: float = 0.3
    shape: str = "hidden"
    random: bool = False
    joined: bool = False  # the single classes of the cut are one group
    probe: bool = False  # watches, and teaches nothing


# Epoch from 0, epochs in all, which head of how many (-1: the classes) -> the
# factor of a loss's weight.
Schedule = Callable[[float, int, int], float]


class Variant(NamedTuple):
    """What sets one training apart from the baseline."""

    heads: tuple[Head, ...] = ()
    loss: Callable[[kh.Hierarchy], Any] | None = None
    schedule: Schedule | None = None
    agreement: float = 0.0
    distillation: float = 0.0
    refine: bool = False
    # Whether classes, here and in heads, have weights for their groups too.
    borrow: bool = False
    learned_weights: bool = False
    # Whether the loss is also that of the heads over classes.
    head_loss: bool = False
    pseudo: Pseudo | None = None
    # Where the network ends, in such a head over the classes alone.
    exit: Head | None = None


def decaying(progress: float, head: int, heads: int) -> float:
    """Heads lose their weight linearly, the classes keep theirs."""
    return 1.0 if head < 0 else 1.0 - progress


def coarse_to_fine(progress: float, head: int, heads: int) -> float:
    """Follows B-CNN's schedule: a quarter of the time a loss, coarse first.

    After those of arXiv 1709.09890 for CIFAR-100: the first head has 0.98 at
    first, the next 0.8 from a third of the time on, then the classes 0.7, in
    the end all.
    """
    turn = heads if head < 0 else head
    now = min(int(progress * (heads + 2)), heads + 1)
    if now > heads:
        return 1.0 if head < 0 else 0.0
    return 0.8 if turn == now else 0.2 / heads


def groups_first(progress: float, head: int, heads: int) -> float:
    """Trains only groups in the first fifth, then all."""
    return 0.01 if head < 0 and progress < 0.2 else 1.0


SHAPES: dict[str, Any] = {
    "pool": "pool",
    "grid": "grid",
    "dense": "dense",
    "hidden": "hidden",
    "wide": hidden(512),
    "conv": "convolved",
}


def grouping(head: Head, hierarchy: kh.Hierarchy, seed: int) -> kh.Grouping:
    """Returns what a head must name."""
    if head.groups == "classes":
        return hierarchy.cut(max_size=1)
    cut = cut_of(hierarchy, int(head.groups))
    if head.joined:
        return joined(cut)
    if not head.random:
        return cut
    # The control: groups of the same sizes, of classes that have nothing in
    # common.
    rng = np.random.default_rng(seed)
    return kh.Grouping(cut.names, rng.permutation(cut.of_class))


def joined(cut: kh.Grouping) -> kh.Grouping:
    """Returns a grouping whose single classes are one group, "rest".

    A cut of single classes alone stays: of one group nothing could be learnt.
    """
    sizes = np.bincount(cut.of_class, minlength=cut.num_groups)
    whole = np.flatnonzero(sizes > 1)
    if len(whole) in (0, cut.num_groups):
        return cut
    number = np.full(cut.num_groups, len(whole))
    number[whole] = np.arange(len(whole))
    return kh.Grouping(
        [*(cut.names[group] for group in whole), "rest"], number[cut.of_class]
    )


def tree_cuts(hierarchy: kh.Hierarchy) -> list[kh.Grouping]:
    """Returns the levels at which the tree is used, coarse to fine."""
    return [cut_of(hierarchy, groups) for groups in (4, 16, 33)]


def cut_of(hierarchy: kh.Hierarchy, groups: int) -> kh.Grouping:
    """Returns a cut of so many groups, or of as many as there are classes."""
    return hierarchy.cut(groups=min(groups, hierarchy.num_classes))


def with_borrowing(model: keras.Model, hierarchy: kh.Hierarchy) -> keras.Model:
    """Lets the classes, here and in heads, borrow from their siblings."""
    cuts = tree_cuts(hierarchy)
    outputs = dict(model.output)
    for name, head in heads_of(model).items():
        layer = TreeHead(head.grouping, head.layer, cuts, name=name)
        outputs[name] = layer(model.get_layer(name).input)
    return borrowing(HeadedModel(model.input, outputs, name=model.name), cuts)


def ended(model: keras.Model, head: Head) -> keras.Model:
    """Returns the trunk up to a layer, with a head as its only output."""
    shape = SHAPES[head.shape]
    branch = BRANCHES[shape]() if isinstance(shape, str) else shape
    x = branch(model.get_layer(head.layer).output)
    # What `GroupHead` is over classes.
    classes = keras.layers.Dense(
        model.output.shape[-1], dtype="float32", name="class"
    )
    return keras.Model(model.input, classes(x), name=model.name)


def headed(
    model: keras.Model,
    variant: Variant,
    hierarchy: kh.Hierarchy,
    seed: int,
    head_tree: kh.Hierarchy | None = None,
) -> tuple[keras.Model, dict[str, float]]:
    """Adds a variant's heads; returns the model and all its loss weights.

    They name cuts of `head_tree`, if there is one.
    """
    if variant.exit:
        model = ended(model, variant.exit)
    weights = {}
    for head in variant.heads:
        groups = grouping(head, head_tree or hierarchy, seed)
        if head_tree:
            # Its nodes are not those of the tree that all else is about.
            groups = kh.Grouping(groups.names, groups.of_class)
        kind = "random" if head.random else "groups"
        kind = "probe" if head.probe else kind
        name = f"{head.layer}_{kind}{groups.num_groups}"
        if any(layer.name == name for layer in model.layers):
            raise SystemExit(
                f"Two heads at {head.layer} would name the same "
                f"{groups.num_groups} groups: of {hierarchy.num_classes} "
                "classes a cut can make no others. Choose another --variant."
            )
        wanted = {head.layer: {name: groups}}
        model = kh.add_heads(
            model,
            heads=None if head.probe else wanted,
            probes=wanted if head.probe else None,
            head=SHAPES[head.shape],
            distillation=None,
        )
        if not head.probe:
            weights[name] = head.weight
    if variant.borrow:
        model = with_borrowing(model, hierarchy)
    if variant.agreement:
        model = agreeing(model, variant.agreement)
    if variant.distillation:
        model = kh.add_heads(model, distillation=TEMPERATURE)
        weights["distillation"] = variant.distillation
    if variant.refine:
        model = refined(model)
    if variant.learned_weights:
        model = uncertain(model)
    return model, {main_output(model)[0]: 1.0, **weights}


def scheduled(
    schedule: Schedule, weights: dict[str, float], epochs: int
) -> kh.LossWeightSchedule:
    """Returns the callback that changes the loss weights."""
    names = list(weights)  # the classes first, then heads, shallow to deep

    def at(epoch: int) -> dict[str, float]:
        return {
            name: weights[name]
            * schedule(epoch / epochs, index - 1, len(names) - 1)
            for index, name in enumerate(names)
        }

    return kh.LossWeightSchedule(at)


def _heads(text: str, **kwargs: Any) -> tuple[Head, ...]:
    """Reads "conv2=4 conv4=16"."""
    heads = []
    for item in text.split():
        layer, _, groups = item.partition("=")
        heads.append(
            Head(
                layer, groups if groups == "classes" else int(groups), **kwargs
            )
        )
    return tuple(heads)


def tree_marginal(hierarchy: kh.Hierarchy) -> keras.losses.Loss:
    """Returns a crossentropy of classes and of their groups, summed."""
    return TreeMarginalCrossentropy(hierarchy, tree_cuts(hierarchy), 0.3)


FIVE = "conv1=4 conv2=8 conv3=16 conv4=33 conv5=63"
THREE = "conv2=4 conv4=16 conv5=33"
MIXED = "conv2=16 conv4=classes conv5=classes"
EVERYWHERE = (
    "conv1=classes conv2=classes conv3=classes conv4=classes conv5=classes"
)
SUPERVISED = "conv2=classes conv4=classes conv5=classes"

VARIANTS: dict[str, Variant] = {
    "baseline": Variant(),
    # Groups, at 1, 2, 3 and 5 layers, coarse to fine.
    "heads1": Variant(_heads("conv5=33")),
    "heads2": Variant(_heads("conv4=16 conv5=33")),
    "heads3": Variant(_heads(THREE)),
    "heads5": Variant(_heads(FIVE)),
    "heads1-strong": Variant(_heads("conv5=33", weight=1.0)),
    "heads2-strong": Variant(_heads("conv4=16 conv5=33", weight=1.0)),
    "heads5-strong": Variant(_heads(FIVE, weight=1.0)),
    # Controls: does the hierarchy matter, or any further loss?
    "random3": Variant(_heads(THREE, random=True)),
    "random3-strong": Variant(_heads(THREE, random=True, weight=1.0)),
    "classes3": Variant(_heads(SUPERVISED)),
    # Shape and weight.
    "heads3-pool": Variant(_heads(THREE, shape="pool")),
    "heads3-grid": Variant(_heads(THREE, shape="grid")),
    "heads3-wide": Variant(_heads(THREE, shape="wide")),
    "heads3-strong": Variant(_heads(THREE, weight=1.0)),
    "classes3-strong": Variant(_heads(SUPERVISED, weight=1.0)),
    "classes3-wide": Variant(_heads(SUPERVISED, shape="wide", weight=1.0)),
    "classes5-strong": Variant(_heads(EVERYWHERE, weight=1.0)),
    "classes5-borrow": Variant(_heads(EVERYWHERE, weight=1.0), borrow=True),
    # Probes that are trained with the network, to hold those fitted afterwards
    # against.
    "probes": Variant(
        _heads(
            f"{EVERYWHERE} fc6=classes fc7=classes", shape="pool", probe=True
        )
    ),
    # All outputs together teach each of them.
    "classes3-distil": Variant(
        _heads(SUPERVISED, weight=1.0), distillation=1.0
    ),
    "classes5-pool": Variant(_heads(EVERYWHERE, shape="pool", weight=1.0)),
    "classes5-conv": Variant(_heads(EVERYWHERE, shape="conv", weight=1.0)),
    "classes5-distil": Variant(
        _heads(EVERYWHERE, weight=1.0), distillation=1.0
    ),
    "classes5-distil3": Variant(
        _heads(EVERYWHERE, weight=1.0), distillation=3.0
    ),
    "conv5-distil": Variant(
        _heads(EVERYWHERE, shape="conv", weight=1.0), distillation=1.0
    ),
    "heads3-distil": Variant(_heads(THREE, weight=1.0), distillation=1.0),
    "joined3-distil": Variant(
        _heads(THREE, joined=True, weight=1.0), distillation=1.0
    ),
    "random3-distil": Variant(
        _heads(THREE, random=True, weight=1.0), distillation=1.0
    ),
    "wide5-distil": Variant(
        _heads(EVERYWHERE, shape="wide", weight=1.0), distillation=1.0
    ),
    "both5-distil": Variant(
        _heads(EVERYWHERE, weight=1.0) + _heads(THREE, weight=1.0),
        distillation=1.0,
    ),
    # Each head and the class output learn the groups through their classes.
    "classes3-tree": Variant(
        _heads(SUPERVISED, weight=1.0), loss=tree_marginal, head_loss=True
    ),
    # Groups early, classes late.
    "mixed3": Variant(_heads(MIXED)),
    "mixed3-strong": Variant(_heads(MIXED, weight=1.0)),
    "both": Variant(_heads(THREE) + _heads("conv4=classes conv5=classes")),
    "both-strong": Variant(
        _heads(THREE, weight=1.0)
        + _heads("conv4=classes conv5=classes", weight=1.0)
    ),
    # Loss weights that change.
    "heads3-decaying": Variant(_heads(THREE, weight=1.0), schedule=decaying),
    "heads3-b-cnn": Variant(_heads(THREE, weight=1.0), schedule=coarse_to_fine),
    "heads3-first": Variant(_heads(THREE, weight=1.0), schedule=groups_first),
    "heads3-learned": Variant(_heads(THREE, weight=1.0), learned_weights=True),
    # Heads and classes that listen to each other.
    "classes3-agree": Variant(_heads(SUPERVISED, weight=1.0), agreement=0.3),
    "heads3-agree": Variant(_heads(THREE, weight=1.0), agreement=0.3),
    "both-agree": Variant(
        _heads(THREE, weight=1.0)
        + _heads("conv4=classes conv5=classes", weight=1.0),
        agreement=0.3,
    ),
    "heads3-refine": Variant(_heads(THREE, weight=1.0), refine=True),
    # What a network without its top owes to that: the same trunk and one of the
    # heads, trained alone; and all of the heads, trained without the top.
    **{
        f"exit-{layer}": Variant(exit=Head(layer, "classes"))
        for layer in ("conv2", "conv3", "conv5")
    },
    **{
        f"exit-{layer}-conv": Variant(exit=Head(layer, "classes", shape="conv"))
        for layer in ("conv2", "conv3", "conv5")
    },
    "exit-conv5-distil": Variant(
        _heads(
            "conv1=classes conv2=classes conv3=classes conv4=classes",
            shape="conv",
            weight=1.0,
        ),
        distillation=1.0,
        exit=Head("conv5", "classes", shape="conv"),
    ),
    "exit-conv5-hidden-distil": Variant(
        _heads(
            "conv1=classes conv2=classes conv3=classes conv4=classes",
            weight=1.0,
        ),
        distillation=1.0,
        exit=Head("conv5", "classes"),
    ),
    # Rivals: other losses, no heads.
    "hxe": Variant(loss=kh.losses.HierarchicalCrossentropy),
    "soft-labels": Variant(loss=kh.losses.SoftLabelCrossentropy),
    "tree-marginal": Variant(loss=tree_marginal),
    "complement": Variant(
        loss=lambda tree: ComplementCrossentropy(tree, cut_of(tree, 16))
    ),
    # Labels at any depth: what the network says within a label's node.
    "pseudo": Variant(pseudo=Pseudo()),
    "pseudo5-distil": Variant(
        _heads(EVERYWHERE, weight=1.0),
        distillation=1.0,
        pseudo=Pseudo(ramp=1000),
    ),
    "pseudo-soft": Variant(pseudo=Pseudo(soft=True)),
    "pseudo-adaptive": Variant(pseudo=Pseudo(adaptive=True)),
}
