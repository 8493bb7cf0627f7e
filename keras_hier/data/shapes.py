"""The drawn data set: 48 classes in 12 families in 4 groups."""

import numpy as np

from keras_hier.data.drawn_figures import FIGURES, draw
from keras_hier.hierarchy.hierarchy import Hierarchy

# Root to leaf, by class id; the labels follow the sorted ids, as those of class
# folders do.
_PATHS = {
    name: (group, family, name)
    for group, families in FIGURES.items()
    for family, members in families.items()
    for name in members
}
CLASSES = tuple(sorted(_PATHS))


def hierarchy() -> Hierarchy:
    """Returns the tree of the drawn classes.

    Returns:
        A `Hierarchy` of 48 classes: outlines, solids, strokes and textures,
        each of three families of four.

    Example:
        >>> hierarchy().cut(groups=4).names
        ('outlines', 'solids', 'strokes', 'textures')
    """
    return Hierarchy.from_nested(
        {
            group: {family: list(members) for family, members in inside.items()}
            for group, inside in FIGURES.items()
        },
        classes=CLASSES,
        level_names=["group", "family"],
    )


def load(
    num_per_class: int, seed: int = 0, size: int = 48
) -> tuple[np.ndarray, np.ndarray]:
    """Draws a balanced set of labelled images, in random order.

    Every image differs in position, size, rotation, proportions, colours,
    lighting, clutter and noise; the members of a family differ in a detail.

    Args:
        num_per_class: images of each class.
        seed: the same seed gives the same images.
        size: side of the images, S, in pixels.

    Returns:
        Images uint8 [N, S, S, 3] and labels int32 [N], where
        N = 48 * `num_per_class`.

    Raises:
        ValueError: `num_per_class` below 1 or `size` below 16.

    Example:
        >>> images, labels = load(2, seed=1)
        >>> images.shape, labels.shape
        ((96, 48, 48, 3), (96,))
    """
    if num_per_class < 1 or size < 16:
        raise ValueError(
            "Expected num_per_class >= 1 and size >= 16. Received: "
            f"num_per_class={num_per_class}, size={size}"
        )
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(CLASSES), dtype=np.int32), num_per_class)
    rng.shuffle(labels)
    images = np.empty((len(labels), size, size, 3), np.uint8)
    for index, label in enumerate(labels):
        group, family, name = _PATHS[CLASSES[label]]
        figure = FIGURES[group][family][name]
        images[index] = _paint(draw(figure, group, size, rng), rng)
    return images, labels


def _paint(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lays ink [S, S] in one colour on a shaded, cluttered, noisy ground."""
    size = len(ink)
    ground, colour = _two_colours(rng)
    image = np.empty((size, size, 3), np.float32)
    image[:] = ground
    for _ in range(rng.integers(0, 3)):
        # Clutter: faint rectangles in the colour of the figure.
        top, left = rng.integers(0, size, 2)
        tall, wide = rng.integers(2, size // 2, 2)
        patch = image[top : top + tall, left : left + wide]
        patch += rng.uniform(0.1, 0.35) * (colour - patch)
    image += (ink * rng.uniform(0.75, 1))[..., None] * (colour - image)
    light = rng.uniform(-0.2, 0.2, 2) * np.linspace(-1, 1, size)[:, None]
    image *= (1 + light[:, :1] + light[:, 1:].T)[..., None].astype(np.float32)
    noise = rng.standard_normal((size, size, 3), np.float32)
    image += rng.uniform(3, 16) * noise
    return image.clip(0, 255).astype(np.uint8)


def _two_colours(rng: np.random.Generator) -> np.ndarray:
    """Returns two colours of unlike brightness, float32 [2, 3] in [0, 255]."""
    while True:
        hue = rng.uniform(0, 6, 2)
        saturation = rng.uniform(0.15, 0.75, 2)
        value = rng.uniform(70, 250, 2)
        # From hue, saturation and value: the usual hexagon, [2, 3].
        wheel = (hue[:, None] + [5, 3, 1]) % 6
        share = np.minimum(wheel, 4 - wheel).clip(0, 1)
        colours = value[:, None] * (1 - saturation[:, None] * share)
        luminance = colours @ [0.30, 0.59, 0.11]
        if abs(luminance[0] - luminance[1]) > 60:
            return colours.astype(np.float32)
