"""The smallest network that fused heads leave, by how much it may lose.

The outputs are chosen on held-out images alone.
"""

from typing import Any

import keras
import numpy as np

import keras_hier as kh
from keras_hier.heads.headed_model import heads_of, main_output
from keras_hier.scores.fusion import Experts, fuse
from study.training.find_exits import find_exits
from study.training.needed_layers import NeededLayers
from study.training.scores import evaluate, hits

# Nats above the log loss of all outputs.
LIMITS = (0.0, 0.005, 0.02)
# The one that stands in tables.
MAX_LOSS = 0.005

Seen = tuple[np.ndarray, tuple[np.ndarray, Experts]]


def add_exits(
    line: dict[str, Any],
    model: keras.Model,
    hierarchy: kh.Hierarchy,
    seen: dict[str, Seen],
) -> None:
    """Adds to the line of a run what may be left out of its network.

    `exits` has for each limit the weights of the outputs that are kept, how
    many weights the network has then, what that costs, and its figures by
    split. Those of `MAX_LOSS` stand beside the other readings, too.

    Args:
        line: of a run; one without heads stays as it is.
        model: trained.
        hierarchy: over its classes.
        seen: by split, labels and outputs. `held_out` makes the choice.
    """
    heads = [n for n, h in heads_of(model).items() if h.role == "head"]
    if not heads:
        return
    _, tensor = main_output(model)
    needs = NeededLayers(
        {"class": tensor, **{name: model.output[name] for name in heads}}
    )
    labels, (logits, experts) = seen["held_out"]
    experts = {name: experts[name] for name in heads}
    line["exits"] = []
    for limit in LIMITS:
        exits = find_exits(logits, experts, labels, needs.size, limit)
        parameters = needs.num_weights(frozenset(exits.weights))
        found = {
            "max_loss": limit, "parameters": parameters, **exits._asdict()
        }  # fmt: skip
        line["exits"].append(found)
        for split, (true, outputs) in seen.items():
            fused = fuse(*outputs, exits.weights)
            found[split] = evaluate(true, fused, hierarchy)
            if limit == MAX_LOSS:
                line[split]["exits"] = {
                    **found[split], "parameters": parameters
                }  # fmt: skip
                right = hits(true, outputs, exits.weights)["fused"]
                line["hits"][split]["exits"] = right
