"""What must be importable, and used, without loading Keras or TensorFlow."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import keras_hier

PROBE = """
import sys
{code}
loaded = {{"keras", "tensorflow"}} & set(sys.modules)
sys.exit(f"loaded {{sorted(loaded)}}" if loaded else 0)
"""


def run(code):
    return subprocess.run(
        [sys.executable, "-c", PROBE.format(code=code)],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "module",
    [
        "keras_hier",
        "keras_hier.hierarchy",
        "keras_hier.node_labels",
        "keras_hier.scores",
        "keras_hier.seriation",
        "keras_hier.wordnet",
        "keras_hier.log.contract",
        "keras_hier.log.codec",
        "keras_hier.log.writer",
        "keras_hier.log.reader",
        "keras_hier.cli",
        "keras_hier.report",
        "keras_hier.analysis.quality",
        "keras_hier.analysis.command",
        "keras_hier.data",
        "keras_hier.open_files",
        "keras_hier.tensorboard_loader",
        "tb_plugin.loader",
        "tb_plugin.store",
        "tb_plugin.plugin",
    ],
)
def test_importing_leaves_keras_and_tensorflow_out(module):
    result = run(f"import {module}")
    assert result.returncode == 0, result.stderr


def test_using_the_pure_core_leaves_keras_and_tensorflow_out():
    result = run(
        "import numpy as np, keras_hier as kh\n"
        "tree = kh.Hierarchy.imagenet()\n"
        "matrix = np.eye(1000, dtype=int)\n"
        "kh.scores.node_counts(matrix, tree)\n"
        "tree.ordered_by(matrix).cut(groups=30).lookup(np.arange(1000))\n"
    )
    assert result.returncode == 0, result.stderr


def test_the_command_line_logs_arrays_without_them(tmp_path):
    labels = tmp_path / "labels.npy"
    np.save(labels, np.arange(1000))
    command = [
        *("log", "--labels", str(labels), "--predictions", str(labels)),
        *("--hierarchy", "imagenet", "--logdir", str(tmp_path / "run")),
    ]
    result = run(
        "from keras_hier.cli import main\n"
        "main(['tree', 'imagenet', '--groups', '4'])\n"
        f"status = main({command})\n"
        "if status: sys.exit(f'status {status}')\n"
    )
    assert result.returncode == 0, result.stderr
    assert "organism" in result.stdout
    assert list((tmp_path / "run" / "validation").iterdir())


@pytest.mark.parametrize("module", ["keras", "tensorflow"])
def test_the_probe_notices(module):
    result = run(
        f"import types; sys.modules[{module!r}] = types.ModuleType('m')"
    )
    assert module in result.stderr
    assert result.returncode == 1


def test_only_the_entry_point_knows_the_plugin():
    # It loads the plugin when TensorBoard asks for it. All else points the
    # other way, so that nothing here depends on a name that others may use.
    folder = Path(keras_hier.__file__).parent
    knowing = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "tb_plugin" in ast.unparse(node)
    }
    assert knowing == {"tensorboard_loader.py"}


def test_every_public_name_has_a_home():
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "import keras_hier as kh\n"
            "for name in kh.__all__: getattr(kh, name)\n"
            "assert set(kh.__all__) <= set(dir(kh))",
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'no_such_name'"):
        _ = keras_hier.no_such_name
