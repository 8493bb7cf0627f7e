import argparse
import logging
import subprocess
import sys
import textwrap
import types
from importlib import metadata
from types import SimpleNamespace

import pytest
from tensorboard.plugins import base_plugin

from tb_plugin import loader
from tb_plugin.plugin import BlocksPlugin


def test_the_entry_point_is_the_loader():
    [point] = [
        p
        for p in metadata.entry_points(group="tensorboard_plugins")
        if p.name == "blocks"
    ]
    assert point.load() is loader.Loader
    assert issubclass(loader.Loader, base_plugin.TBLoader)


def test_names_agree():
    # The loader does not import the log's names: it must stay trivial.
    from keras_hier.log.contract import PLUGIN_NAME

    assert loader.PLUGIN_NAME == PLUGIN_NAME == BlocksPlugin.plugin_name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"blocks": 0}),
        (None, {"blocks": 0}),
        ({"images": 5}, {"images": 5, "blocks": 0}),
        ({"blocks": 7}, {"blocks": 7}),  # the user's own choice
    ],
)
def test_flags_keep_every_epoch(given, expected):
    flags = argparse.Namespace(samples_per_plugin=given, reload_multifile=False)
    loader.Loader().fix_flags(flags)
    assert flags.samples_per_plugin == expected
    assert flags.reload_multifile is True


def test_loads_the_plugin():
    plugin = loader.Loader().load(SimpleNamespace(data_provider=None))
    assert isinstance(plugin, BlocksPlugin)


def test_importing_the_entry_point_costs_nothing():
    code = """
        import sys
        import tensorboard.plugins.base_plugin
        before = set(sys.modules)
        import tb_plugin.loader
        added = {m.partition(".")[0] for m in set(sys.modules) - before}
        print(sorted(added - sys.stdlib_module_names))
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
    )
    assert result.stdout.strip() == "['tb_plugin']", result.stderr


def test_a_foreign_package_of_the_same_name_is_named(
    tmp_path, monkeypatch, caplog
):
    (tmp_path / "tb_plugin").mkdir()
    (tmp_path / "tb_plugin/plugin.py").write_text("other = 1")
    foreign = types.ModuleType("tb_plugin")
    foreign.__path__ = [str(tmp_path / "tb_plugin")]
    monkeypatch.setitem(sys.modules, "tb_plugin", foreign)
    monkeypatch.delitem(sys.modules, "tb_plugin.plugin")
    with caplog.at_level(logging.WARNING, "tensorboard"):
        assert loader.Loader().load(SimpleNamespace()) is None
    assert str(tmp_path / "tb_plugin") in caplog.text
    assert "The Blocks tab is missing" in caplog.text
