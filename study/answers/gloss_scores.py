"""What a classifier of texts says of WordNet's glosses: the scores of `halves`.

    python -m study.answers.gloss_scores --out glosses22-val.npz
    python -m study.answers.gloss_scores --classes 101 --least 150 --most 300 \
        --out glosses102-val.npz

A text is what WordNet says of a noun ("a bag used for carrying money ..."), its
class is the noun of a cut of WordNet that it lies below. The classifier is
logistic regression on words and pairs of words, and saw other nouns.
"""

import argparse
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from keras_hier.hierarchy.sources import wordnet
from study.training.scores import keep

ENTITY, ASKED = "n00001740", 5000


def main() -> None:
    """Reads the command line, writes the scores of half of the nouns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--out", type=Path, required=True)
    add("--classes", type=int, default=20, help="at least")
    add("--least", type=int, default=600, help="nouns of a class")
    add("--most", type=int, default=2000, help="nouns of a class")
    args = parser.parse_args()
    classes, texts, labels = nouns(args.classes, args.least, args.most)
    half = len(texts) // 2
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = make_pipeline(words, LogisticRegression(C=30, max_iter=200))
    model.fit(texts[:half], labels[:half])
    asked = slice(half, half + ASKED)
    logits, true = model.decision_function(texts[asked]), labels[asked]
    print(
        f"{len(classes)} classes, {(logits.argmax(axis=1) == true).mean():.1%} "
        f"of {len(true)} right; the most frequent class has "
        f"{np.bincount(true).max() / len(true):.1%}"
    )
    keep(args.out, true, (logits, {}), {}, classes)


def nouns(
    count: int, least: int, most: int
) -> tuple[list[str], list[str], np.ndarray]:
    """Returns classes, and glosses of nouns below them in random order.

    Args:
        count: of the classes, at least.
        least: nouns below each.
        most: of those, how many are taken.

    Returns:
        ids of the C classes, glosses [N], and the class of each, int64 [N].
    """
    offsets = re.findall(rb"(?m)^(\d{8}) ", wordnet.nouns())
    wnids = [f"n{offset.decode()}" for offset in offsets]
    paths = {
        wnid: (*dict.fromkeys((*path, wnid)),)
        for wnid, path in wordnet.rows(wnids)[0]
    }
    classes = cut(paths, count, least)
    place = {wnid: label for label, wnid in enumerate(classes)}
    rng = np.random.default_rng(0)
    texts, numbers = [], []
    seen: Counter[str] = Counter()
    for wnid in rng.permutation(sorted(paths)).tolist():
        above = [each for each in paths[wnid] if each in place]
        # Nouns that are the class itself tell nothing of what is below.
        if not above or above[0] == wnid or seen[above[0]] == most:
            continue
        seen[above[0]] += 1
        texts.append(re.split(r'; "', wordnet.synset(wnid).gloss)[0])
        numbers.append(place[above[0]])
    return classes, texts, np.array(numbers)


def cut(
    paths: dict[str, tuple[str, ...]],
    count: int,
    least: int,
    top: str = ENTITY,
) -> list[str]:
    """Returns disjoint nouns: the one of most nouns is divided each time.

    Args:
        paths: from the top down to a noun, of each.
        count: of the nouns returned, or a few more.
        least: nouns below each; what is below others is left out.
        top: the noun above all.
    """
    below = Counter(each for path in paths.values() for each in set(path))
    children: dict[str, set[str]] = {}
    for path in paths.values():
        for parent, child in pairwise(path):
            if below[child] >= least:
                children.setdefault(parent, set()).add(child)
    found = {top}
    while len(found) < count:
        largest = max(
            (each for each in found if children.get(each)),
            key=lambda each: (below[each], each),
        )
        found = found - {largest} | children[largest]
    return sorted(found)


if __name__ == "__main__":
    main()
