"""Runs as large as people's own: what is measured on small ones misleads.

Four trees with names of real length, a few epochs each; the answers are drawn.
"""

from pathlib import Path

import numpy as np

import keras_hier as kh

# Aisles, kinds, and what lies in them: half of the kinds hold one class.
GROCERIES = {
    "Fruit": {
        "Apple": "Golden Delicious, Granny Smith, Pink Lady, Red Gala, Cox",
        "Pear": "Anjou, Conference, Kaiser, Bartlett",
        "Melon": "Cantaloupe, Honeydew, Galia, Watermelon",
        "Citrus": "Blood Orange, Lemon, Lime, Grapefruit, Satsuma",
        "Stone Fruit": "Peach, Nectarine, Plum",
        "Banana": "Banana",
        "Kiwi": "Kiwi",
        "Mango": "Mango",
        "Papaya": "Papaya",
        "Passion Fruit": "Passion Fruit",
        "Pineapple": "Pineapple",
        "Pomegranate": "Pomegranate",
        "Fig": "Fig",
        "Avocado": "Avocado",
    },
    "Packages": {
        "Milk": (
            "Whole Milk, Skimmed Milk, Medium Fat, Organic Milk, Sour Milk"
        ),
        "Yoghurt": "Vanilla Yoghurt, Natural Yoghurt, Strawberry Yoghurt",
        "Oat Drink": "Oat Drink, Oat Coffee",
        "Soy Drink": "Soy Drink, Soy Yoghurt",
        "Juice": (
            "Apple Juice, Orange Juice, Mango Juice, Grape Juice, Nectar"
        ),
        "Cream": "Whipping Cream, Sour Cream",
        "Butter": "Butter",
        "Eggs": "Eggs",
        "Cottage Cheese": "Cottage Cheese",
        "Bread": "Rye Bread, Toast, Crisp Bread",
    },
    "Vegetables": {
        "Pepper": "Green Pepper, Red Pepper, Yellow Pepper, Orange Pepper",
        "Tomato": "Beef Tomato, Vine Tomato, Cherry Tomato",
        "Potato": "Sweet Potato, Solid Potato, Floury Potato",
        "Onion": "Yellow Onion, Red Onion, Spring Onion",
        "Cabbage": "White Cabbage, Red Cabbage",
        "Mushroom": "Brown Mushroom, Button Mushroom",
        "Asparagus": "Asparagus",
        "Aubergine": "Aubergine",
        "Carrots": "Carrots",
        "Cucumber": "Cucumber",
        "Garlic": "Garlic",
        "Ginger": "Ginger",
        "Leek": "Leek",
        "Beetroot": "Beetroot",
        "Zucchini": "Zucchini",
        "Spinach": "Spinach",
    },
}
PARTS = ("engine valve", "brake pad", "axle", "gear", "oil pump", "belt")


def groceries() -> kh.Hierarchy:
    """Returns an uneven tree of three levels, of which two have names."""
    paths = [
        (aisle, kind, name)
        for aisle, kinds in GROCERIES.items()
        for kind, names in kinds.items()
        for name in names.split(", ")
    ]
    return kh.Hierarchy.from_paths(paths, level_names=["aisle", "kind"])


def flat() -> kh.Hierarchy:
    """Returns 256 classes without a tree."""
    names = [f"{PARTS[i % 6]} {i // 6 + 1}" for i in range(256)]
    return kh.Hierarchy.from_paths([(name,) for name in names])


# The tree, how many samples a class has, and how many of them are right.
RUNS = {
    "ilsvrc": (kh.Hierarchy.imagenet, 50, 0.73),
    "cifar": (kh.Hierarchy.cifar100, 100, 0.6),
    "groceries": (groceries, 30, 0.36),
    "flat": (flat, 40, 0.6),
}


def answers(
    tree: kh.Hierarchy, each: int, right: float, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draws labels and predictions, int [N], whose errors mostly stay near.

    A class has a few others that it is mistaken for, and is itself harder or
    easier than most.
    """
    rng = np.random.default_rng(seed)
    size = tree.num_classes
    near = np.exp(-1.2 * tree.lca_distance()) * rng.pareto(1, (size, size))
    np.fill_diagonal(near, 0)
    near /= near.sum(axis=1, keepdims=True)
    hits = np.clip(rng.normal(right, 0.15, size), 0.02, 0.99)[:, None]
    rates = (1 - hits) * near + hits * np.eye(size)
    counts = rng.multinomial(each, rates / rates.sum(axis=1, keepdims=True))
    cells = np.repeat(np.arange(size * size), counts.ravel())
    return cells // size, cells % size


def write_runs(folder: Path, epochs: int = 3) -> None:
    """Logs each of them as a run of its own, of two splits."""
    for name, (make, each, right) in RUNS.items():
        tree = make()
        for split, ease in (("validation", 1.0), ("train", 1.1)):
            for epoch in range(1, epochs + 1):
                hits = right * ease * (0.4 + 0.6 * epoch / epochs)
                kh.log_predictions(
                    folder / name,
                    *answers(tree, each, hits, seed=epoch),
                    hierarchy=tree,
                    epoch=epoch,
                    split=split,
                    resume=True,
                )
