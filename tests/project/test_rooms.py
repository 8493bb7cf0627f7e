"""The rooms of the library: who imports whom, counted over all imports.

Imports within functions and for type checkers count as well: what is hidden
from Python is not hidden from its reader. docs/why/architecture.md lists them.
"""

import ast
import graphlib
from pathlib import Path

import keras_hier

ROOT = Path(keras_hier.__file__).parent

# A room imports from those above it in this list, never from those below.
ROOMS = (
    (
        *("terminal", "quantities", "tensors", "plausibility", "open_files"),
        *("blas_threads", "keras_internals", "missing_packages"),
    ),
    ("serialization", "files"),
    ("hierarchy",),
    ("scores",),
    ("log",),
    ("analysis", "report", "invalid_samples", "data"),
    ("probing",),
    ("losses", "alexnet", "budget"),
    ("heads",),
    ("training",),
    ("answers",),
    ("features",),
    ("callbacks",),
    ("tensorboard_loader",),
    ("",),  # keras_hier itself
    ("commands", "notebook"),
    ("cli",),
    ("__main__",),
)
PLACE = {room: place for place, rooms in enumerate(ROOMS) for room in rooms}

# What Keras may change without a word.
PRIVATE = (
    *("keras.src", "_compile_metrics", "_keras_history", "_initial_epoch"),
    "super()._moments",
)


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in ROOT.rglob("*.py")}


def imported(path):
    """Yields the modules of the package that a module imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, _, module = node.module.partition(".")
            if package == "keras_hier":
                for alias in node.names:
                    inner = f"{module}.{alias.name}".lstrip(".")
                    yield inner if inner in MODULES else module
        elif isinstance(node, ast.Import):
            for alias in node.names:
                package, _, module = alias.name.partition(".")
                if package == "keras_hier":
                    yield module


EDGES = {name: set(imported(path)) for name, path in MODULES.items()}


def test_rooms_are_those_of_the_list():
    assert {name.partition(".")[0] for name in MODULES} == set(PLACE)


def test_imports_go_downward():
    wrong = [
        f"keras_hier.{name} imports keras_hier.{other}: {room or 'keras_hier'} "
        f"is above {own or 'keras_hier'}"
        for name in sorted(MODULES)
        for own in [name.partition(".")[0]]
        for other in EDGES[name]
        if (room := other.partition(".")[0]) != own
        and PLACE[room] >= PLACE[own]
    ]
    assert not wrong, "\n".join(wrong)


def test_there_is_no_circle():
    # Raises CycleError, which names the modules of one.
    tuple(graphlib.TopologicalSorter(EDGES).static_order())


def test_one_module_knows_what_is_private_in_keras():
    knowing = {
        name
        for name, path in MODULES.items()
        if any(word in path.read_text("utf-8") for word in PRIVATE)
    }
    assert knowing == {"keras_internals"}


def inner_room(name):
    """Returns the folder within a room, or the module that lies in no such."""
    parts = name.split(".")
    return ".".join(parts[:2]) if len(parts) > 2 else name


def test_rooms_within_rooms_have_no_circle_either():
    graph = {}
    for name, others in EDGES.items():
        for other in others:
            if inner_room(name) != inner_room(other):
                edges = graph.setdefault(inner_room(name), set())
                edges.add(inner_room(other))
    tuple(graphlib.TopologicalSorter(graph).static_order())
