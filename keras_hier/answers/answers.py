"""Answers that climb the tree until they are as sure as was promised."""

import os
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import numpy as np

from keras_hier.answers import answer_files, calibration, promises
from keras_hier.answers.rules import Rule, chosen
from keras_hier.answers.score_batches import as_probabilities, batches_of
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.paths import Paths


class Answered(NamedTuple):
    """Nodes that answer N samples.

    Attributes:
        labels: int32 [N], of nodes, as `NodeLabels` numbers them: 0..C-1 the
            classes, C the root, which says nothing, from C + 1 on the groups.
        confidence: float64 [N], the calibrated probability of that node.
    """

    labels: np.ndarray
    confidence: np.ndarray


class AnswerScores(NamedTuple):
    """How right answers are, and how much they say.

    Attributes:
        samples: how many were answered.
        unknown: how many of them are known as a group only, and answered below
            it: nobody can judge these.
        accuracy: the share of right answers, of those that can be judged. An
            answer is right if the true class lies below it; the root always.
        selective_accuracy: the same share without the root: of answers that
            say something; NaN where none does.
        coverage: the mean of 1 - log2(classes below the answer) / log2(C): 1
            for a class, 0 for the root (arXiv 2405.11533).
        classes: the share of answers that are a class.
        groups: the share that are a group.
        nothing: the share that are the root.
    """

    samples: int
    unknown: int
    accuracy: float
    selective_accuracy: float
    coverage: float
    classes: float
    groups: float
    nothing: float


class Answers:
    """Answers each sample by a class, or else by a group that is sure enough.

    Make one by `fit` or `load`. The answer is a node between the likeliest
    class and the root: a larger threshold gives the same or a higher one. The
    threshold was chosen on calibration samples, so that answers are right as
    often as promised.

    Attributes:
        hierarchy: `Hierarchy` of the C classes.
        accuracy: the promised share of right answers.
        confidence: None if the promise holds on average over calibration sets.
            Else the probability with which it holds for this one.
        rule: "climbing" or "information".
        at: `Grouping` that has a promise for each group, or None.
        temperature: by which logits are divided.
        from_logits: whether scores are logits.
        thresholds: float64 [G], of each group of the likeliest class; [1]
            without groups. Infinity answers by the root.
        samples: int64 [G], calibration samples of each group; [1] without.

    Example:
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> labels = np.tile([0, 1, 2], 40)
        >>> told = np.tile([[0.5, 0.45, 0.05], [0.5, 0.45, 0.05],
        ...                 [0.05, 0.05, 0.9]], (40, 1))
        >>> answers = kh.Answers.fit(told, labels, hierarchy, temperature=1)
        >>> said = answers(told[:3])  # cat or dog is a guess
        >>> [kh.NodeLabels(hierarchy).name(label) for label in said.labels]
        ['pet', 'pet', 'bus']
        >>> said.confidence.round(2).tolist()
        [0.95, 0.95, 0.9]

    Reference:
        Goren, Galil, El-Yaniv: Hierarchical selective classification, NeurIPS
        2024, arXiv 2405.11533.
    """

    def __init__(
        self, hierarchy: Hierarchy, fitted: calibration.Fitted
    ) -> None:
        self.hierarchy = hierarchy
        self._fitted = fitted
        self.accuracy, self.confidence = fitted.accuracy, fitted.confidence
        self.rule, self.at = fitted.rule, fitted.at
        self.temperature = fitted.temperature
        self.from_logits = fitted.from_logits
        self.thresholds, self.samples = fitted.thresholds, fitted.samples
        self._numbering = NodeLabels(hierarchy)
        self._paths = Paths(hierarchy)

    @classmethod
    def fit(
        cls,
        scores: Any,
        labels: Any,
        hierarchy: Hierarchy,
        accuracy: float = 0.95,
        *,
        confidence: float | None = None,
        at: Grouping | None = None,
        rule: Rule = "information",
        temperature: float | None = None,
        from_logits: bool = False,
    ) -> Self:
        """Chooses how sure answers must be, on calibration samples.

        No training, early stopping or choice of a network may have seen these
        samples. Two promises can be made:

        On average (`confidence=None`), by split conformal prediction: a new
        sample drawn as these is answered rightly with at least `accuracy`, on
        average over calibration sets. Theorem: of n + 1 exchangeable samples,
        the last exceeds the k-th smallest threshold of the others with
        probability at most 1 - k / (n + 1).

        With probability `confidence` over calibration sets, the share of right
        answers to new samples is at least `accuracy`. Theorem: errors fall as
        the threshold rises, so thresholds are tested in a fixed sequence from
        the safest on, each by the exact tail of a binomial (arXiv 2101.02703).

        Neither holds of one group: birds may be wrong twice as often. With
        `at`, each promise is made for the samples whose likeliest class is in a
        group, for every group. Neither holds once classes come with other
        frequencies than here.

        Args:
            scores: probabilities or logits [N, C], of any array library; or an
                iterable of such batches that can be read twice.
            labels: of nodes [N], integers or names. A label may be a group: an
                answer below it cannot be judged and counts as wrong here, so
                that the promise still holds.
            hierarchy: `Hierarchy` of the C classes.
            accuracy: the share of right answers, above 0 and below 1.
            confidence: None, or a probability above 0 and below 1.
            at: `Grouping` of the classes, such as `hierarchy.cut(groups=16)`.
            rule: "information" answers by the node with the largest (bits it
                says + threshold) times its probability. "climbing" answers by
                the first node whose probability is above the threshold. It
                said less of real networks, and names more groups.
            temperature: None fits it on a fifth of the samples, 2,000 at most,
                which then do not calibrate. 1 leaves the scores as they are.
            from_logits: whether scores are logits.

        Raises:
            ValueError: scores that are no probabilities (or no logits), labels
                that are no nodes or the root, or too few samples for the
                promise.
        """
        fitted = calibration.calibrate(
            scores,
            labels,
            hierarchy,
            calibration.Wanted(
                accuracy, confidence, at, rule, temperature, from_logits
            ),
        )
        short = np.flatnonzero(np.isinf(fitted.thresholds))
        if at is not None and len(short):
            need = promises.samples_needed(accuracy, confidence)
            names = ", ".join(f"{at.names[g]!r:.40}" for g in short[:5])
            warnings.warn(
                f"{len(short)} of {at.num_groups} groups are answered by the "
                f"root: the promise needs at least {need} samples of each, "
                "more if these are often wrong: "
                f"{names}{', ...' if len(short) > 5 else ''}.",
                stacklevel=2,
            )
        return cls(hierarchy, fitted)

    def __call__(self, scores: Any) -> Answered:
        """Answers samples.

        Args:
            scores: as those of `fit`, [N, C].

        Raises:
            ValueError: scores of another kind or shape.
        """
        parts = list(self._answered(scores))
        return Answered(
            *(np.concatenate(each) for each in zip(*parts, strict=True))
            if parts
            else (np.zeros(0, np.int32), np.zeros(0))
        )

    def _answered(self, scores: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for batch in batches_of(scores, self.hierarchy.classes):
            told = as_probabilities(batch, self.from_logits, self.temperature)
            best, path = self._paths.upwards(told)
            group = 0 if self.at is None else self.at.of_class[best]
            limit = np.broadcast_to(self.thresholds[group], best.shape)
            place = chosen(self.rule, path, self._paths.bits[best], limit)
            rows = np.arange(len(best))
            yield self._paths.labels[best, place], path[rows, place]

    def score(self, answers: Answered, labels: Any) -> AnswerScores:
        """Tells how right answers are, on samples that did not calibrate.

        Args:
            answers: of N samples.
            labels: of nodes [N], integers or names.

        Raises:
            ValueError: another number of labels, or what is no node.
        """
        numbering, said = self._numbering, answers.labels
        true = calibration.node_labels(labels, numbering, len(said))
        start, stop = numbering.start, numbering.stop
        is_above = (start[said] <= start[true]) & (stop[true] <= stop[said])
        is_below = (start[true] <= start[said]) & (stop[said] <= stop[true])
        known = is_above | ~is_below
        size = stop[said] - start[said]
        count = self.hierarchy.num_classes
        share = 1 - np.log2(size) / np.log2(max(count, 2))
        spoken = known & (size < count)
        return AnswerScores(
            len(said),
            int((~known).sum()),
            float(is_above[known].mean()) if known.any() else float("nan"),
            float(is_above[spoken].mean()) if spoken.any() else float("nan"),
            float(share.mean()),
            float((size == 1).mean()),
            float(((size > 1) & (size < count)).mean()),
            float((size == count).mean()),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a .json file that `load` reads; the tree is its digest only.

        Raises:
            ValueError: another ending, or no such folder.
        """
        answer_files.write(path, self._fitted, self.hierarchy)

    @classmethod
    def load(cls, path: str | os.PathLike[str], hierarchy: Hierarchy) -> Self:
        """Reads what `save` wrote.

        Args:
            path: of the file.
            hierarchy: the tree that it was fitted with.

        Raises:
            ValueError: another tree, or a file that holds something else.
            OSError: no such file.
        """
        return cls(hierarchy, answer_files.read(path, hierarchy))

    def __repr__(self) -> str:
        groups = "" if self.at is None else f" in {self.at.num_groups} groups"
        surely = "on average"
        if self.confidence is not None:
            surely = f"with probability {self.confidence:g}"
        return (
            f"<Answers over {self.hierarchy.num_classes} classes, right in "
            f"{self.accuracy:.6g} {surely}{groups}, by {self.rule}, from "
            f"{self.samples.sum()} samples>"
        )
