"""The figures of the drawn data set: curves as complex points, and patterns."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

# A curve is complex [P], roughly within the unit disc; y points down. A pattern
# is a function of two coordinates, in periods, and of random numbers in [0, 1);
# it is True where there is ink.
Curve = np.ndarray
Pattern = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]

TAU = 2 * np.pi
# In radians.
MOST_TILT = 0.6
# Masks are drawn this many times larger, then averaged.
OVERSAMPLING = 3


def _turn(points: int, turns: float = 1.0) -> np.ndarray:
    return np.linspace(0, TAU * turns, points, endpoint=turns != 1.0)


def _polygon(corners: int) -> Curve:
    return np.exp(1j * _turn(corners))


def _star(tips: int) -> Curve:
    return np.tile([1, 0.48], tips) * np.exp(1j * _turn(2 * tips))


def _gear(teeth: int) -> Curve:
    angle = _turn(8 * teeth)
    return np.where(np.sin(teeth * angle + 0.1) > 0, 1, 0.76) * np.exp(
        1j * angle
    )


def _flower(petals: int) -> Curve:
    angle = _turn(72)
    return (0.4 + 0.6 * np.abs(np.cos(petals * angle / 2))) * np.exp(1j * angle)


def _ellipse(ratio: float) -> Curve:
    angle = _turn(40)
    return np.cos(angle) + 1j * ratio * np.sin(angle)


def _half_moon() -> Curve:
    return np.exp(1j * np.linspace(0, np.pi, 24)) - 0.4j


def _crescent() -> Curve:
    outer = np.exp(1j * np.linspace(-2.2, 2.2, 28))
    inner = 0.78 * np.exp(1j * np.linspace(2.5, -2.5, 24)) - 0.3
    return np.concatenate([outer, inner]) - 0.2


def _heart() -> Curve:
    angle = _turn(48)
    down = sum(
        weight * np.cos(times * angle)
        for times, weight in ((1, -13), (2, 5), (3, 2), (4, 1))
    )
    return np.sin(angle) ** 3 + 1j * down / 15


def _drop() -> Curve:
    angle = _turn(48)
    return 0.75 * np.sin(angle) * np.sin(angle / 2) ** 1.5 - 1j * np.cos(angle)


def _leaf() -> Curve:
    side = np.linspace(-1, 1, 24)
    rim = 0.55 * (1 - side**2)
    return np.concatenate([side + 1j * rim, side[::-1] - 1j * rim[::-1]])


def _shield() -> Curve:
    side = np.linspace(0, 1, 16)
    rim = 0.8 * np.sqrt(1 - side**2)
    right = rim + 1j * (1.5 * side - 0.6)
    return np.concatenate(
        [[-0.8 - 0.9j, 0.8 - 0.9j], right, -right[::-1].conj()]
    )


def _spiral(turns: float) -> Curve:
    angle = _turn(100, turns)
    return angle / angle[-1] * np.exp(1j * angle)


def _square_spiral() -> Curve:
    steps = np.repeat(np.arange(1, 6), 2) * 1j ** np.arange(10)
    points = np.concatenate([[0], np.cumsum(steps)])
    return (points - points.mean()) / 3.6


def _double_spiral() -> Curve:
    arm = _spiral(1.6)
    return np.concatenate([-arm[::-1], arm])


def _wave(heights: np.ndarray, positions: np.ndarray) -> Curve:
    return 2 * positions / positions[-1] - 1 + 0.42j * heights


def _sine() -> Curve:
    position = np.linspace(0, 3, 72)
    return _wave(np.sin(TAU * position), position)


def _zigzag() -> Curve:
    return _wave(np.array([-1, 1, -1, 1, -1, 1, -1]), np.arange(7))


def _square_wave() -> Curve:
    heights = np.repeat([1, -1, 1, -1, 1, -1], 2)
    return _wave(heights, np.repeat(np.arange(7), 2)[1:-1])


def _sawtooth() -> Curve:
    return _wave(np.tile([1, -1], 3), np.array([0, 1, 1, 2, 2, 3]))


def _lissajous(across: int, down: int, phase: float = 0.5) -> Curve:
    angle = np.append(_turn(90), 0)
    return np.sin(across * angle + np.pi * phase) + 1j * np.sin(down * angle)


def _trefoil() -> Curve:
    angle = np.append(_turn(90), 0)
    return (np.exp(1j * angle) + 2 * np.exp(-2j * angle)) / 3


def _stripes(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return np.sin(TAU * u) > 0


def _ripples(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return np.sin(TAU * (u + 0.3 * np.sin(TAU * 0.6 * v))) > 0


def _chevrons(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return (u + 0.9 * np.abs(0.5 * v % 1 - 0.5) * 2) % 1 < 0.5


def _dashes(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return (u % 1 < 0.5) & ((0.5 * v + 0.5 * (np.floor(u) % 2)) % 1 < 0.65)


def _checkers(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return (u % 1 < 0.5) ^ (v % 1 < 0.5)


def _lattice(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return (u % 1 < 0.28) | (v % 1 < 0.28)


def _bricks(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    shifted = 0.5 * u + 0.5 * (np.floor(v) % 2)
    return (shifted % 1 < 0.14) | (v % 1 < 0.28)


def _triangles(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    first, second = v / 0.866, u + 0.5 * v / 0.866
    return (first % 1 + second % 1) % 2 < 1


def _discs(
    u: np.ndarray, v: np.ndarray, inner: float, outer: float
) -> np.ndarray:
    distance = np.hypot(u % 1 - 0.5, v % 1 - 0.5)
    return (distance < outer) & (distance >= inner)


def _dots(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return _discs(u, v, 0, 0.32)


def _staggered(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return _discs(u + 0.5 * (np.floor(v) % 2), v, 0, 0.32)


def _rings(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return _discs(u, v, 0.2, 0.42)


def _speckles(u: np.ndarray, v: np.ndarray, chance: np.ndarray) -> np.ndarray:
    column, row = np.floor(u).astype(int), np.floor(v).astype(int)
    aside = chance[(column * 7 + row * 13) % len(chance)] - 0.5
    along = chance[(column * 11 + row * 5 + 3) % len(chance)] - 0.5
    return _discs(
        np.clip(u - column + 0.5 * aside, 0, 0.999),
        np.clip(v - row + 0.5 * along, 0, 0.999),
        0,
        0.27,
    )


# Group, family, class: what the curve is drawn as depends on the group.
FIGURES: dict[str, dict[str, dict[str, Curve | Pattern]]] = {
    "outlines": {
        "polygons": {
            "triangle": _polygon(3),
            "square": _polygon(4),
            "pentagon": _polygon(5),
            "hexagon": _polygon(6),
        },
        "stars": {f"{tips}-point star": _star(tips) for tips in (4, 5, 6, 8)},
        "rounds": {
            "circle": _ellipse(1),
            "oval": _ellipse(0.6),
            "half-moon": _half_moon(),
            "crescent": _crescent(),
        },
    },
    "solids": {
        "gears": {
            f"{teeth}-tooth gear": _gear(teeth) for teeth in (6, 8, 10, 13)
        },
        "flowers": {
            f"{petals}-petal flower": _flower(petals) for petals in (3, 4, 5, 7)
        },
        "emblems": {
            "heart": _heart(),
            "drop": _drop(),
            "leaf": _leaf(),
            "shield": _shield(),
        },
    },
    "strokes": {
        "spirals": {
            "loose spiral": _spiral(2),
            "tight spiral": _spiral(3.2),
            "square spiral": _square_spiral(),
            "double spiral": _double_spiral(),
        },
        "waves": {
            "sine wave": _sine(),
            "zigzag": _zigzag(),
            "square wave": _square_wave(),
            "sawtooth": _sawtooth(),
        },
        "knots": {
            "figure eight": _lissajous(1, 2),
            "trefoil": _trefoil(),
            "pretzel": _lissajous(2, 3, 0.25),
            "mesh knot": _lissajous(3, 4),
        },
    },
    "textures": {
        "stripes": {
            "straight stripes": _stripes,
            "ripples": _ripples,
            "chevrons": _chevrons,
            "dashes": _dashes,
        },
        "grids": {
            "checkers": _checkers,
            "lattice": _lattice,
            "bricks": _bricks,
            "triangle tiles": _triangles,
        },
        "dots": {
            "dot rows": _dots,
            "staggered dots": _staggered,
            "rings": _rings,
            "speckles": _speckles,
        },
    },
}


def draw(
    figure: Curve | Pattern, group: str, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Returns a figure with random variations, ink float32 [S, S] in [0, 1].

    The group "outlines" closes a curve, "solids" fills it, "strokes" draws it
    open.
    """
    if callable(figure):
        return _draw_pattern(figure, size, rng)
    return _draw_curve(figure, group, size, rng)


def _draw_curve(
    curve: Curve, group: str, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Draws a curve at a random place, turned, squeezed and distorted."""
    canvas = size * OVERSAMPLING
    radius = canvas * rng.uniform(0.28, 0.42)
    tilt = np.exp(1j * rng.uniform(-MOST_TILT, MOST_TILT))
    squeezed = curve.real + 1j * curve.imag * rng.uniform(0.72, 1)
    # Smooth offsets: a few slow waves along the curve.
    along = np.linspace(0, TAU, len(curve))
    times = np.arange(1, 4)[:, None]
    wobble = rng.normal(0, 0.028, (3, 1)) * np.exp(
        1j * (times * along + rng.uniform(0, TAU, (3, 1)))
    )
    points = (squeezed + wobble.sum(0)) * radius * tilt
    reach = max(0.0, canvas / 2 - 0.9 * radius)
    points += canvas / 2 * (1 + 1j) + reach * (
        rng.uniform(-1, 1) + 1j * rng.uniform(-1, 1)
    )
    image = Image.new("L", (canvas, canvas))
    pen = ImageDraw.Draw(image)
    width = round(canvas * rng.uniform(0.035, 0.07))
    if group == "outlines":
        points = np.append(points, points[:2])
    corners = np.stack([points.real, points.imag], 1).ravel().tolist()
    if group == "solids":
        pen.polygon(corners, fill=255)
    else:
        pen.line(corners, fill=255, width=width, joint="curve")
    return np.asarray(image.reduce(OVERSAMPLING), np.float32) / 255


def _draw_pattern(
    pattern: Pattern, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Fills the mask with a pattern, turned, stretched and slightly bent."""
    canvas = 2 * size
    axis = np.arange(canvas, dtype=np.float32) / canvas - 0.5
    tilt = rng.uniform(-MOST_TILT, MOST_TILT)
    across, down = np.cos(tilt), np.sin(tilt)
    u = axis[None] * across + axis[:, None] * down
    v = axis[:, None] * across - axis[None] * down
    periods = rng.uniform(3.2, 6.5)
    bend = rng.normal(0, 0.045)
    u, v = (
        periods * (u + bend * np.sin(7 * v)) + rng.uniform(0, 9),
        periods * rng.uniform(0.8, 1.25) * v + rng.uniform(0, 9),
    )
    ink = pattern(u, v, rng.random(64))
    return ink.reshape(size, 2, size, 2).mean((1, 3), dtype=np.float32)
