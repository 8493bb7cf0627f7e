"""Are answers right as often as promised? Random halves of a network's scores.

    python -m study.answers.halves SCORES.npz ... --out answers.jsonl

SCORES are of `training --keep`, `lite0_scores` or `gloss_scores`. One half of
the samples calibrates, a fifth of it the temperature; the other half is
answered. A line of JSON is a network, a setting, a method and a promise, with
means over the halves. study/answers/table.py prints them.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import betabinom

import keras_hier as kh
from keras_hier import scores
from keras_hier.answers.promises import samples_needed, threshold
from keras_hier.answers.rules import RULES
from keras_hier.scores.temperature import fitted_temperature
from study.answers import methods
from study.answers.methods import FIGURES, Method, Seen
from study.training.keep import said_of

PROMISES = (0.9, 0.95)
SURELY = 0.9
FEW = (12, 30, 100)
RARER, SURER = 5, 3
CALIBRATED: dict[str, Method] = {
    "climbing": methods.climbing,
    "information": methods.information,
    "refusing": methods.refusing,
}
LIKELY: dict[str, Method] = {"threshold": methods.as_likely}
# Figures by setting, method, promise and confidence.
Key = tuple[str, str, float | None, float | None]
Found = dict[Key, list[float]]


def main() -> None:
    """Reads the command line, appends the lines of each network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scores", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--halves", type=int, default=200)
    args = parser.parse_args()
    for path in args.scores:
        labels, logits, classes = said_of(path, "class")
        tree = kh.Hierarchy.from_wordnet(classes)
        start = time.process_time()
        lines = lines_of(logits.astype(np.float64), labels, tree, args.halves)
        with args.out.open("a") as file:
            for line in lines:
                named = {"network": path.stem.removesuffix("-val"), **line}
                file.write(json.dumps(named) + "\n")
        print(f"{path}: {time.process_time() - start:.0f} s", flush=True)


def lines_of(
    logits: np.ndarray, labels: np.ndarray, tree: kh.Hierarchy, halves: int
) -> Iterator[dict[str, Any]]:
    """Yields a line for each setting, method and promise.

    Args:
        logits: [N, C].
        labels: classes [N].
        tree: of the classes.
        halves: how many are dealt.
    """
    rng = np.random.default_rng(0)
    dealt = [deal(logits, labels, tree, rng) for _ in range(halves)]
    about = {
        "samples": len(labels),
        "classes": tree.num_classes,
        "right": round(float((logits.argmax(axis=1) == labels).mean()), 4),
        "halves": halves,
    }
    found = defaultdict(list)
    for one in dealt:
        for key, figures in one.items():
            found[key].append(figures)
    for key, every in found.items():
        names = ("setting", "method", "promise", "confidence")
        line = about | dict(zip(names, key, strict=True))
        yield line | summary(key, np.array(every), len(labels), found)


def summary(
    key: Key, every: np.ndarray, samples: int, found: dict[Key, list]
) -> dict[str, Any]:
    """Returns the figures of a line, from those of its halves."""
    setting, method, promise, surely = key
    if setting == "area":
        return {
            name: spread(every[:, column])
            for column, name in enumerate(("area", "less_than_refusing"))
        }
    if method in ("class", "crm"):
        return {"accuracy": _mean(every[:, 0]), "distance": _mean(every[:, 1])}
    line: dict[str, Any] = {
        name: _mean(column)
        for name, column in zip(FIGURES, every.T, strict=True)
        if not np.isnan(column).any()
    }
    line["accuracy_sd"] = round(float(every[:, 0].std(ddof=1)), 4)
    line["kept"] = _mean(every[:, 0] >= promise)
    if setting == "usual" and method in CALIBRATED and promise:
        line["kept_expected"] = round(kept(promise, surely, samples), 3)
    # Of rules, by how much they say more than this method.
    for rule in RULES:
        other = found.get((setting, rule, promise, surely))
        if other is not None and rule != method:
            more = np.array(other) - every
            line[f"{rule}_more"] = {
                name: spread(more[:, FIGURES.index(name)])
                for name in ("coverage", "bits")
                if name in line
            }
    return line


def kept(promise: float, surely: float | None, samples: int) -> float:
    """Returns in which share of halves a promise is seen kept by theory.

    The threshold is one of the calibration samples in their order. So the wrong
    ones of the other half are beta-binomial, if no two are equal.
    """
    new = samples - samples // 2
    known = samples // 2 - samples // 10
    place = threshold(np.arange(1, known + 1), promise, surely)
    most = np.floor(new * (1 - promise) + 1e-9)
    return float(betabinom.cdf(most, new, known + 1 - place, place))


def spread(values: np.ndarray) -> list[float]:
    """Returns the mean over halves, and between what 95 % of them lie."""
    low, high = np.quantile(values, [0.025, 0.975])
    return [round(float(each), 4) for each in (values.mean(), low, high)]


def _mean(values: np.ndarray) -> float:
    return round(float(values.mean()), 4)


def deal(
    logits: np.ndarray,
    labels: np.ndarray,
    tree: kh.Hierarchy,
    rng: np.random.Generator,
) -> Found:
    """Returns the figures of one pair of halves."""
    order = rng.permutation(len(labels))
    known, new = np.split(order, [len(order) // 2])
    for_heat, known = np.split(known, [len(order) // 10])
    below = np.eye(tree.num_classes, dtype=bool)[labels[for_heat]]
    heat = fitted_temperature(logits[for_heat], below, True)
    warm = methods.seen(logits, labels, tree, heat)
    raw = methods.seen(logits, labels, tree, 1.0)
    sure = methods.seen(SURER * logits, labels, tree, 1.0)
    sets: dict[str, Method] = {"raised set": methods.raised_sets(tree)}
    found: Found = {}
    for surely in (None, SURELY):
        found |= answered("usual", CALIBRATED | sets, warm, known, new, surely)
        found |= shifted(warm, labels, known, new, rng, surely)
        for setting, of in (("no temperature", raw), ("overconfident", sure)):
            found |= answered(setting, CALIBRATED, of, known, new, surely)
    for setting, of in (
        ("usual", warm),
        ("no temperature", raw),
        ("overconfident", sure),
    ):
        found |= answered(setting, LIKELY, of, known, new)
    for name, figures in classes_of(warm.take(new), labels[new], tree):
        found["usual", name, None, None] = figures
    found |= areas(warm.take(new), raw.take(new))
    for count in FEW:
        some = order[: len(order) // 2][:count]
        found |= few(logits, labels, tree, some, new)
    return found


def answered(
    setting: str,
    every: dict[str, Method],
    of: Seen,
    known: np.ndarray,
    new: np.ndarray,
    surely: float | None = None,
) -> Found:
    """Returns the figures of each method at each promise."""
    before, after = of.take(known), of.take(new)
    return {
        (setting, name, promise, surely): methods.judged(
            after, method(before, after, promise, surely)
        )
        for name, method in every.items()
        for promise in PROMISES
    }


def classes_of(
    of: Seen, labels: np.ndarray, tree: kh.Hierarchy
) -> Iterator[tuple[str, list[float]]]:
    """Yields accuracy and mean distance of the likeliest class, and of CRM."""
    risk = scores.conditional_risk(of.told, tree)
    for name, said in (("class", of.best), ("crm", risk.argmin(axis=1))):
        matrix = scores.confusion_matrix(labels, said, tree.num_classes)
        distance = scores.distance_at_1(matrix, tree)
        yield name, [scores.accuracy(matrix), distance]


def areas(warm: Seen, raw: Seen) -> Found:
    """Returns hAURC of each method, and by which share refusing has more."""
    found: Found = {}
    for heat, of in (("", warm), (", no temperature", raw)):
        paths = of.path, of.bits, of.right
        ends = [each[:, [0, -1]] for each in paths]
        refusing = methods.area("climbing", *ends)
        for rule in RULES:
            area = methods.area(rule, *paths)
            figures = [area, 1 - area / refusing]
            found["area", rule + heat, None, None] = figures
        found["area", "refusing" + heat, None, None] = [refusing, 0]
    return found


def shifted(
    of: Seen,
    labels: np.ndarray,
    known: np.ndarray,
    new: np.ndarray,
    rng: np.random.Generator,
    surely: float | None,
) -> Found:
    """Makes half of the classes rarer among those that are answered.

    Either any half, or the half that is most often right.
    """
    count = of.told.shape[1]
    every = np.bincount(labels[known], minlength=count)
    right = np.bincount(labels[known], of.right[known, 0], count)
    by_chance = rng.permutation(count)
    share = (right / np.maximum(every, 1))[by_chance]
    easy = by_chance[np.argsort(-share, kind="stable")]
    found: Found = {}
    for name, order in (("any half", by_chance), ("the easier half", easy)):
        is_rare = np.isin(labels[new], order[: count // 2])
        some = new[~is_rare | (rng.random(len(new)) < 1 / RARER)]
        setting = f"{name} rarer"
        found |= answered(setting, CALIBRATED, of, known, some, surely)
    return found


def few(
    logits: np.ndarray,
    labels: np.ndarray,
    tree: kh.Hierarchy,
    known: np.ndarray,
    new: np.ndarray,
) -> Found:
    """Calibrates on few samples by `kh.Answers` itself; no line if refused."""
    found: Found = {}
    for rule, promise, surely in product(RULES, PROMISES, (None, SURELY)):
        # A fifth is for the temperature: see `kh.Answers.fit`.
        if len(known) - len(known) // 5 < samples_needed(promise, surely):
            continue
        answers = kh.Answers.fit(
            logits[known],
            labels[known],
            tree,
            promise,
            confidence=surely,
            rule=rule,
            from_logits=True,
        )
        of = answers.score(answers(logits[new]), labels[new])
        key = f"{len(known)} samples", rule, promise, surely
        found[key] = [of.accuracy, of.coverage, np.nan]
        found[key] += [of.classes, of.groups, of.nothing]
    return found


if __name__ == "__main__":
    main()
