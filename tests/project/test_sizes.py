"""Modules, functions, calls and folders are small enough to be seen at once.

A limit is a sign that something should leave or be an idea of its own. Where
more is right, the exception stands here with its reason.
"""

import ast
from collections import Counter
from pathlib import Path

import keras_hier

ROOT = Path(keras_hier.__file__).parents[1]
MODULES = [
    path
    for package in ("keras_hier", "tb_plugin")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in path.parts
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_FILES = 15
MOST_LINES = 350
MOST_FUNCTION_LINES = 60
MOST_PARAMETERS = 8

# Constructors and functions for users, who name what they pass.
EXCEPTIONS = {
    "keras_hier/answers/answers.py:fit",
    "keras_hier/callbacks/layers_callback.py:__init__",
    "keras_hier/data/datasets.py:imagenet",
    "keras_hier/data/tfrecords.py:write_records",
    "keras_hier/features/extraction.py:features",
    "keras_hier/log/log_predictions.py:log_predictions",
    "keras_hier/training/confusion_matrix.py:__init__",
}


def functions():
    """Yields the functions of all modules, by module and name."""
    for path in MODULES:
        module = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{module}:{node.name}", node


def lines_of(function):
    """Counts the lines of a function without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        text = function.body[0]
        lines -= text.end_lineno - text.lineno + 1
    return lines


def parameters_of(function):
    args = function.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return len([each for each in named if each.arg not in ("self", "cls")])


def test_nothing_is_larger_than_can_be_seen_at_once():
    folders = Counter(
        path.parent for path in MODULES if path.stem != "__init__"
    )
    large = {
        path.relative_to(ROOT).as_posix()
        for path in [*MODULES, *TESTS]
        if len(path.read_text("utf-8").splitlines()) > MOST_LINES
    }
    large |= {
        f"{folder.relative_to(ROOT).as_posix()}/"
        for folder, files in folders.items()
        if files > MOST_FILES
    }
    large |= {
        name
        for name, function in functions()
        if lines_of(function) > MOST_FUNCTION_LINES
        or parameters_of(function) > MOST_PARAMETERS
    }
    assert large == EXCEPTIONS
