"""Batches of images of which some are known exactly and some coarsely."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from study.training.augment import VIEWS, cutmix
from study.training.data import Images

Batch = tuple[np.ndarray, Any]


class Recipe(NamedTuple):
    """How batches are drawn.

    Attributes:
        crop: side of the views.
        batch_size: images of a batch, N.
        seed: of the order, of the views and of the mixtures.
        view: of each image, a name of `VIEWS`.
        cutmix: share of the batches that are mixed.
        exact_share: of a batch; None draws all images alike.
        pairs: whether coarse images come in two views, a strong one to learn
            from and a weak one that a teacher looks at. Then only the exact
            images are mixed.
    """

    crop: int
    batch_size: int
    seed: int
    view: str
    cutmix: float
    exact_share: float | None
    pairs: bool


def batches(
    exact: Images,
    coarse: Images | None,
    num_labels: int,
    recipe: Recipe,
    skip: int = 0,
) -> Iterator[Batch]:
    """Yields batches without end, each drawn from the seed and its number.

    Labels of images are integers or, of a teacher, soft ones already.
    Exact images come first. A run that is interrupted goes on with `skip`,
    and sees what it would have seen.

    Yields:
        Pixels uint8 [N, crop, crop, 3], and soft labels float32 [N, V]; with
        pairs a dict of `labels` and of `weak`, the other views of the coarse
        images, uint8 [M, crop, crop, 3].
    """
    size, seed = recipe.batch_size, recipe.seed
    share = 1.0 if coarse is None else recipe.exact_share
    if share is None and coarse is not None:
        parts = (exact.labels, coarse.labels)
        if coarse.labels.ndim == 2:
            eye = np.eye(num_labels, dtype=np.float32)
            parts = (eye[exact.labels], coarse.labels)
        together = np.concatenate(parts)
        exact = Images(np.concatenate([exact.pixels, coarse.pixels]), together)
        coarse, share = None, 1.0
    first = round(size * float(share or 0))
    table = np.eye(num_labels, dtype=np.float32)
    step = skip
    while True:
        rng = np.random.default_rng([seed, step])
        rows = drawn(len(exact.labels), first, step, seed)
        pixels = _views(exact, rows, recipe.view, recipe.crop, rng)
        labels = _soft(exact, rows, table)
        if coarse is not None:
            rest = drawn(len(coarse.labels), size - first, step, seed + 1)
            view = "strong" if recipe.pairs else recipe.view
            others = _views(coarse, rest, view, recipe.crop, rng)
            known = _soft(coarse, rest, table)
            if recipe.pairs:
                weak = _views(coarse, rest, "crops", recipe.crop, rng)
            else:
                pixels = np.concatenate([pixels, others])
                labels = np.concatenate([labels, known])
        if rng.random() < recipe.cutmix:
            pixels, labels = cutmix(pixels, labels, rng)
        step += 1
        if coarse is None or not recipe.pairs:
            yield pixels, labels
        else:
            labels = np.concatenate([labels, known])
            targets = {"labels": labels, "weak": weak}
            yield np.concatenate([pixels, others]), targets


def drawn(count: int, size: int, step: int, seed: int) -> np.ndarray:
    """Returns the rows of one batch: all rows shuffled, again and again."""
    places = np.arange(step * size, (step + 1) * size)
    rounds, places = np.divmod(places, count)
    return np.array(
        [
            _shuffled(count, seed, int(turn))[place]
            for turn, place in zip(rounds, places, strict=True)
        ],
        np.int64,
    )


@lru_cache(8)
def _shuffled(count: int, seed: int, turn: int) -> np.ndarray:
    return np.random.default_rng([seed, turn, 1]).permutation(count)


def _soft(images: Images, rows: np.ndarray, table: np.ndarray) -> np.ndarray:
    labels = images.labels[rows]
    return labels if labels.ndim == 2 else table[labels]


def _views(
    images: Images,
    rows: np.ndarray,
    view: str,
    crop: int,
    rng: np.random.Generator,
) -> np.ndarray:
    return np.stack(
        [VIEWS[view](images.pixels[row], crop, rng) for row in rows]
    )
