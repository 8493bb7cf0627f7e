"""The rooms of the study, and that nothing else knows it."""

import ast
from pathlib import Path

import study

ROOT = Path(study.__file__).parent.parent


def imported(path):
    """Returns the modules that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def test_nothing_else_imports_the_study():
    for room in ("keras_hier", "tb_plugin", "tests", "benchmarks", "examples"):
        files = [
            path
            for path in (ROOT / room).rglob("*.py")
            if "node_modules" not in path.parts
        ]
        assert files
        for path in files:
            assert not {
                name
                for name in imported(path)
                if name.partition(".")[0] == "study"
            }, path


def test_trainings_know_no_tables():
    trainings = set((ROOT / "study/training").glob("*.py"))
    assert len(trainings) > 10
    for path in trainings - {ROOT / "study/training/__main__.py"}:
        rooms = {
            name.split(".")[1]
            for name in imported(path)
            if name.startswith("study.")
        }
        assert rooms <= {"training"}, path
