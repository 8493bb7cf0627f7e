"""Holds a list of suspect labels against what people say of them.

    python -m study.checked_labels mnist_checked_labels.npz

The file holds `labels` [N], `probabilities` [N, C] of a network that did not
train on these, the samples that were `checked` [n], and what people said of
each, `votes` [n, 4]: the label is right, the network's guess is, neither, both.
"""

import argparse

import numpy as np

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
