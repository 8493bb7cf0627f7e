"""The tab itself: its files, and how soon the server starts."""

import gzip
import subprocess
import sys

import pytest
from werkzeug.test import Client

from tb_plugin import plugin as plugin_module


def test_the_server_starts_without_what_answers_need():
    late = ("keras.", "tensorflow.", "scipy.stats", "keras_hier.probing")
    code = (
        "import sys, tb_plugin.plugin; tb_plugin.plugin.find_services(); "
        f"print([m for m in sys.modules if m.startswith({late})])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


class TestStatic:
    @pytest.fixture
    def static(self, tmp_path, monkeypatch):
        """The folder of a page of a script and a sheet, beside a secret."""
        folder = tmp_path / "static"
        folder.mkdir()
        (folder / "index.js").write_text("export function render(){}" * 400)
        (folder / "a.css").write_text("a{}")
        (tmp_path / "secret").write_text("secret")
        monkeypatch.setattr(plugin_module, "STATIC", folder)
        return folder

    def test_a_frontend_that_is_not_built_says_so(self, reader, static):
        static.rename(static.parent / "other")
        response = reader.request("index.js")
        assert response.status_code == 200
        assert "javascript" in response.content_type
        assert "export function render" in response.text
        assert "npm run build" in response.text

    def test_files_are_served_by_exact_name(self, reader, static):
        apps = reader.plugin.get_plugin_apps()
        assert {p for p in apps if "." in p} == {"/index.js", "/a.css"}
        assert "*" not in "".join(apps)
        response = reader.request("a.css")
        assert response.text == "a{}"
        assert response.content_type.startswith("text/css")
        (static / "a.css").unlink()
        assert Client(apps["/a.css"]).get().status_code == 404

    def test_are_packed_for_who_unpacks_them(self, reader, static):
        text = (static / "index.js").read_text()
        app = reader.plugin.get_plugin_apps()["/index.js"]
        packed = Client(app).get(headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data).decode() == text
        assert len(packed.data) < len(text) / 50
        assert Client(app).get().text == text


def test_tab_and_script(reader):
    metadata = reader.plugin.frontend_metadata()
    assert metadata.tab_name == "Blocks"
    assert metadata.es_module_path in reader.plugin.get_plugin_apps()
    # TensorBoard looks at the data itself; a scan here slows every start.
    assert reader.plugin.is_active() is False
