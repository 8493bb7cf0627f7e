"""Holds a list of suspect labels against what people say of them.

    python -m study.checked_labels mnist_checked_labels.npz

The file holds `labels` [N], `probabilities` [N, C] of a network that did not
train on these, the samples that were `checked` [n], and what people said of
each, `votes` [n, 4]: the label is right, the network's guess is, neither, both.
Average precision is that over the checked ones, wrong by majority; those that
are no candidate come last.
"""

import argparse

import numpy as np
from sklearn.metrics import average_precision_score

from keras_hier.analysis import quality

FIRST = (20, 50, 100)


def main() -> None:
    """Prints which share of the first candidates is wrong by majority."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    with np.load(parser.parse_args().file) as kept:
        labels, probabilities, checked, votes = (
            kept[name]
            for name in ("labels", "probabilities", "checked", "votes")
        )
    found = quality.suspect_labels(labels, probabilities)
    print(
        f"{found.listed} listed of {len(found.suspects.sample)} candidates, "
        f"expected precision {found.expected_precision:.2f}"
    )
    # Both may be right: then the label is.
    right = (votes[:, 0] + votes[:, 3]) / votes.sum(axis=1)
    share = dict(zip(checked.tolist(), right.tolist(), strict=True))
    own = probabilities[np.arange(len(labels)), labels]
    suspects = found.suspects
    predictions = probabilities.argmax(axis=1)
    bare = quality.suspect_labels(
        labels,
        np.ones((len(labels), 1)),
        classes=predictions[:, None],
        num_classes=probabilities.shape[1],
    ).suspects
    is_wrong = right < 0.5
    print(f"average precision by chance: {is_wrong.mean():.3f}")
    for name, order in (
        ("suspect_labels", suspects.sample),
        ("without crossings", suspects.sample[np.argsort(-suspects.trust)]),
        ("lowest probability", np.argsort(own)),
        ("predictions without probabilities", bare.sample),
        ("any error", np.flatnonzero(predictions != labels)),
    ):
        place = np.full(len(labels), -1.0)
        place[order] = np.arange(len(order))[::-1] * (name != "any error")
        reached = average_precision_score(is_wrong, place[checked])
        print(f"average precision, {name}: {reached:.3f}")
    for name, order in (
        ("suspect_labels", found.suspects.sample),
        ("lowest probability", np.argsort(own, kind="stable")),
    ):
        known = np.array([share[s] for s in order.tolist() if s in share])
        for first in FIRST:
            of = known[:first]
            print(
                f"{name}, first {len(of)} that were checked: "
                f"{np.sum(of < 0.5)} wrong by majority, "
                f"{np.sum(of < 1)} not agreed to be right"
            )


if __name__ == "__main__":
    main()
