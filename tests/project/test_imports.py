"""What must be importable, and used, without loading Keras or TensorFlow."""

import ast
import importlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import small

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
        timeout=300,
    )


MODULES = [
    "keras_hier",
    "keras_hier.hierarchy",
    "keras_hier.hierarchy.labels.node_labels",
    "keras_hier.scores",
    "keras_hier.serialization",
    "keras_hier.tensors",
    "keras_hier.hierarchy.orders.seriation",
    "keras_hier.hierarchy.sources.wordnet",
    "keras_hier.log.metadata",
    "keras_hier.log.records.matrix_codec",
    "keras_hier.log.blocks_writer",
    "keras_hier.log.run_log",
    "keras_hier.cli",
    "keras_hier.report",
    "keras_hier.analysis.evidence",
    "keras_hier.analysis.quality",
    "keras_hier.commands.quality",
    "keras_hier.data",
    "keras_hier.open_files",
    "keras_hier.tensorboard_loader",
    "tb_plugin.loader",
    "tb_plugin.reading.store",
    "tb_plugin.plugin",
]
# Each module in a process of its own, NumPy and SciPy imported once for all.
EACH = """
import importlib, os, sys
import numpy, scipy.sparse
for module in sys.argv[1:]:
    sys.stderr.flush()
    if os.fork() == 0:
        importlib.import_module(module)
        loaded = {"keras", "tensorflow"} & set(sys.modules)
        print(module, *sorted(loaded), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def loaded():
    """Which of Keras and TensorFlow a module imports, and what went wrong."""
    done = subprocess.run(
        [sys.executable, "-c", EACH, *MODULES],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: names for name, *names in lines}, done.stderr


@pytest.mark.parametrize("module", MODULES)
def test_importing_leaves_keras_and_tensorflow_out(module, loaded):
    found, errors = loaded
    assert found.get(module) == [], errors


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
    # Two make files of the page.
    assert knowing == {"export.py", "notebook.py", "tensorboard_loader.py"}


def test_every_public_name_has_a_home():
    in_a_process(
        """
        import keras_hier as kh
        for name in kh.__all__: getattr(kh, name)
        assert set(kh.__all__) <= set(dir(kh))
    """,
        backend="jax",
    )


@pytest.mark.parametrize(
    "package", ["", ".data", ".analysis", ".analysis.evidence"]
)
def test_type_checkers_are_told_the_names_that_there_are(package):
    module = importlib.import_module(f"keras_hier{package}")
    # What has no home below its package has one below the whole.
    base = "keras_hier" if package == ".analysis" else module.__name__
    homes = {name: f"{base}.{home}" for name, home in module._HOMES.items()}
    stub = ast.parse(Path(module.__file__).with_suffix(".pyi").read_text())
    told = {
        each.names[0].name: each.module
        for each in stub.body
        if isinstance(each, ast.ImportFrom)
        and each.names[0].asname == each.names[0].name
    }
    rooms = {name for name in told if told[name] == module.__name__}
    assert {n: home for n, home in told.items() if n not in rooms} == homes
    assert rooms >= {*getattr(module, "_MODULES", ())}
    for room in rooms:
        importlib.import_module(f"{module.__name__}.{room}")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'no_such_name'"):
        _ = keras_hier.no_such_name


def in_a_process(code, *arguments, backend="tensorflow"):
    """Runs code beside small.py and fails where it does.

    What only imports, or loads, does so on JAX in half the time.
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1] / "support",
        env={**os.environ, "KERAS_BACKEND": backend},
        timeout=300,
    )
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A saved model with heads, losses and metrics of this package."""
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    tree = small.hierarchy()
    cut = tree.cut(depth=1)
    model = keras_hier.add_heads(
        small.model(), heads={"conv2": cut}, probes={"conv1": cut}
    )
    arguments = keras_hier.compile_args(model, tree)
    loss = keras_hier.losses.HierarchicalCrossentropy(tree)
    arguments["loss"]["class"] = loss
    model.compile("sgd", **arguments)
    model.train_on_batch(*keras_hier.targets(model)(*small.data(4)))
    model.save(path)
    return str(path)


@pytest.mark.parametrize(
    ("imports", "load", "backend"),
    [
        ("import keras, keras_hier", "keras.saving.load_model", "jax"),
        # To ask whether Keras is there is not to import it.
        (
            "import keras_hier; find_spec('keras'); import keras",
            "keras.saving.load_model",
            "jax",
        ),
        (
            "import keras_hier, tensorflow as tf",
            "tf.keras.models.load_model",
            "tensorflow",
        ),
    ],
)
def test_keras_loads_models_once_this_is_imported(
    saved, imports, load, backend
):
    code = f"""
        import sys
        from importlib.util import find_spec
        {imports}
        model = {load}(sys.argv[1])
        from keras_hier.heads import HeadedModel
        from keras_hier.losses import HierarchicalCrossentropy
        assert type(model) is HeadedModel
        assert type(model.loss["class"]) is HierarchicalCrossentropy
        finders = {{type(finder).__module__ for finder in sys.meta_path}}
        assert "keras_hier.serialization" not in finders
    """
    in_a_process(code, saved, backend=backend)


def test_all_classes_that_are_saved_are_registered_by_name():
    in_a_process(
        """
        import importlib
        import pkgutil
        import keras
        import keras_hier
        from keras_hier.serialization import HOMES
        for module in pkgutil.walk_packages(
            keras_hier.__path__, "keras_hier."
        ):
            importlib.import_module(module.name)
        found = {
            name.partition(">")[2]: known.__module__
            for name, known in keras.saving.get_custom_objects().items()
            if name.startswith("keras_hier>")
        }
        homes = {name: f"keras_hier.{home}" for name, home in HOMES.items()}
        assert found == homes, set(found.items()) ^ set(homes.items())
    """,
        backend="jax",
    )


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("hierarchy", "Hierarchy"),
        ("hierarchy", "HierarchyError"),
        ("hierarchy", "Grouping"),
        ("scores", "hierarchical_scores"),
        ("scores", "top_k"),
        ("losses", "SoftLabelCrossentropy"),
        ("heads", "hidden"),
        ("report", "draw_run"),
        ("analysis", "__doc__"),
    ],
)
def test_public_modules_keep_their_names(module, name):
    found = importlib.import_module(f"keras_hier.{module}")
    assert getattr(found, name)
    assert getattr(keras_hier, module) is found
