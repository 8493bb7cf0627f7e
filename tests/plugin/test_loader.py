import argparse
import logging
import resource
import subprocess
import sys
import textwrap
from importlib import metadata
from types import SimpleNamespace

import pytest
from tensorboard import program
from tensorboard.backend.event_processing import data_ingester
from tensorboard.plugins import base_plugin
from tensorboard.plugins.core import core_plugin

import tb_plugin.loader
from keras_hier import tensorboard_loader as loader
from tb_plugin.plugin import BlocksPlugin


def test_the_entry_point_is_the_loader():
    [point] = [
        p
        for p in metadata.entry_points(group="tensorboard_plugins")
        if p.name == "blocks"
    ]
    # Whatever was installed when: the metadata may name its former place.
    assert point.load() is loader.Loader
    assert tb_plugin.loader.Loader is loader.Loader
    assert issubclass(loader.Loader, base_plugin.TBLoader)


def test_names_agree():
    # The loader does not import the log's names: it must stay trivial.
    from keras_hier.log.metadata import PLUGIN_NAME

    assert loader.PLUGIN_NAME == PLUGIN_NAME == BlocksPlugin.plugin_name


def flags_of(*given):
    """Returns what TensorBoard's own parser makes of a command line."""
    board = program.TensorBoard([core_plugin.CorePluginLoader, loader.Loader])
    board.configure(["tensorboard", "--logdir", "runs", *given])
    return board.flags


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], {"blocks": 0}),
        (["--samples_per_plugin=images=5"], {"images": 5, "blocks": 0}),
        (["--samples_per_plugin=blocks=7"], {"blocks": 7}),  # the user's choice
    ],
)
def test_flags_keep_every_epoch(given, expected):
    assert flags_of(*given).samples_per_plugin == expected


@pytest.mark.parametrize("given", [None, "true", "false"])
def test_every_file_is_followed_unless_the_user_says_no(given):
    flags = flags_of(*([f"--reload_multifile={given}"] if given else []))
    assert flags.reload_multifile is (given != "false")


@pytest.mark.parametrize(
    "flags",
    [
        {},  # another TensorBoard may lack any of them
        {"samples_per_plugin": "no pairs", "reload_multifile": None},
    ],
)
def test_flags_that_cannot_be_set_stop_nothing(flags, caplog):
    with caplog.at_level(logging.WARNING, "tensorboard"):
        loader.Loader().fix_flags(argparse.Namespace(**flags))
    assert "left TensorBoard's flags as they were" in caplog.text


@pytest.mark.parametrize(
    ("given", "folders"),
    [
        ({"logdir": "runs,of:mine"}, ["runs,of:mine"]),
        ({"logdir_spec": "a:/x,/y:z,gs://bucket/x"}, None),
        ({}, []),
    ],
)
def test_folders(given, folders):
    both = {"logdir": "", "logdir_spec": ""} | given
    if folders is None:
        # The other reading of it is TensorBoard's own.
        spec = data_ingester._parse_event_files_spec(both["logdir_spec"])
        folders = list(spec)
    assert loader._folders(argparse.Namespace(**both)) == folders


def test_importing_the_entry_point_costs_nothing():
    code = """
        import sys
        import tensorboard.plugins.base_plugin
        before = set(sys.modules)
        import keras_hier.tensorboard_loader
        added = {m.partition(".")[0] for m in set(sys.modules) - before}
        print(sorted(added - sys.stdlib_module_names))
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
    )
    assert result.stdout.strip() == "['keras_hier']", result.stderr


def test_a_plugin_that_cannot_start_is_left_out(monkeypatch, caplog):
    def fail(self, context):
        raise RuntimeError("out of order")

    monkeypatch.setattr(BlocksPlugin, "__init__", fail)
    with caplog.at_level(logging.WARNING, "tensorboard"):
        assert loader.Loader().load(SimpleNamespace()) is None
    assert "RuntimeError: out of order" in caplog.text


@pytest.mark.parametrize(
    "files",
    [
        {"__init__.py": "", "plugin.py": "other = 1"},
        {"__init__.py": "", "plugin.py": "BlocksPlugin = None"},
        {"__init__.py": "raise RuntimeError('not for you')"},
        {"__init__.py": "import sys; sys.exit('usage: ...')"},
        {"plugin.py": "other = 1"},  # no package: it hides nothing
    ],
    ids=["other", "none", "raises", "exits", "namespace"],
)
def test_a_foreign_package_of_the_same_name_is_named(
    tmp_path, monkeypatch, caplog, files
):
    foreign = tmp_path / "tb_plugin"
    foreign.mkdir()
    for name, text in files.items():
        (foreign / name).write_text(text)
    for name in [n for n in sys.modules if n.partition(".")[0] == "tb_plugin"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with caplog.at_level(logging.WARNING, "tensorboard"):
        plugin = loader.Loader().load(SimpleNamespace(data_provider=None))
    if "__init__.py" not in files:
        assert plugin.plugin_name == "blocks"
        return
    assert plugin is None
    assert "The Blocks tab is missing" in caplog.text
    if "plugin.py" in files:
        assert str(foreign) in caplog.text


def test_where_too_few_files_may_be_open_another_loader_reads(tmp_path):
    for number in range(100):
        (tmp_path / f"events.out.tfevents.{number}").touch()
    (tmp_path / "few").mkdir()
    code = (
        "import sys\n"
        "from tensorboard import program\n"
        "from tensorboard.plugins.core import core_plugin\n"
        "from keras_hier import tensorboard_loader as loader\n"
        "all, few, fast = sys.argv[1], sys.argv[2], '--load_fast=true'\n"
        "for given in [all], [all, fast], [few]:\n"
        "    board = program.TensorBoard("
        "[core_plugin.CorePluginLoader, loader.Loader])\n"
        "    board.configure(['tensorboard', '--logdir', *given])\n"
        "    print(board.flags.load_fast, board.flags.reload_multifile)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, tmp_path / "few"],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    )
    # TensorBoard's default loader opens every file, whatever it is told.
    expected = ["false None", "true None", "auto True"]
    assert done.stdout.splitlines() == expected, done.stderr
