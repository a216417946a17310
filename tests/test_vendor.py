"""static/vendor holds what VENDOR.toml says, loads in a browser by bare names, and no page asks an outside host."""

import http.server
import json
import re
import shutil
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.vendor import sha384

HOUSE = Path(__file__).resolve().parent.parent
VENDOR = HOUSE / "static" / "vendor"
PACKAGES = tomllib.loads((VENDOR / "VENDOR.toml").read_text(encoding="utf-8"))["package"]
FILES = {f"{p['name']}/{p['version']}/{f['file']}": f for p in PACKAGES for f in p["files"]}
IMPORT_MAP = {f["specifier"]: f"/static/vendor/{path}" for path, f in FILES.items() if "specifier" in f}

# A host after // in a page, a style or a script of ours. Names of XML vocabularies are only names: nobody fetches them.
OUTSIDE = re.compile(r"""(?:https?:|wss?:|["'(=]\s*)//[\w\[]""")
VOCABULARY = re.compile(r"http://www\.w3\.org/[\w/#.-]+")


def outside_hosts(root: Path) -> list[str]:
    """Every line under templates/ and static/ (vendor apart) that names a host: ``file:line: text``."""
    found = []
    for folder in ("templates", "static"):
        for path in sorted((root / folder).rglob("*")):
            ours = path.suffix in {".html", ".css", ".js", ".mjs", ".svg", ".txt", ".xml", ".webmanifest"}
            if not ours or (root / "static" / "vendor") in path.parents:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if OUTSIDE.search(VOCABULARY.sub("", line)):
                    found.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    return found


@pytest.mark.parametrize("path", FILES)
def test_a_vendored_file_is_as_its_authors_shipped_it(path: str) -> None:
    assert sha384((VENDOR / path).read_bytes()) == FILES[path]["sha384"], f"{path} was changed; see deploy/vendor.py"


def test_every_vendored_file_is_listed_and_every_package_brings_its_licence() -> None:
    present = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()} - {"VENDOR.toml"}
    assert present == set(FILES)
    for package in PACKAGES:
        assert package["licence"], package["name"]
        assert any(f["file"] == "LICENSE" for f in package["files"]), f"{package['name']} has no licence beside it"


def test_no_page_style_or_script_of_ours_names_an_outside_host() -> None:
    assert outside_hosts(HOUSE) == []


@pytest.mark.parametrize(
    "line",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link href="//cdn.example/x.css">',
        "@import url(//fonts.example/a.css);",
        'import { h } from "http://cdn.example/preact.js";',
        'new WebSocket("wss://push.example/")',
    ],
)
def test_the_check_for_outside_hosts_bites(line: str, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(line, encoding="utf-8")
    assert len(outside_hosts(tmp_path)) == 1


def test_the_check_for_outside_hosts_knows_a_comment_and_a_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.js").write_text(
        'const x = 1; // a word\n//another\nconst NS = "http://www.w3.org/2000/svg";\nconst half = a //b\n',
        encoding="utf-8",
    )
    assert outside_hosts(tmp_path) == []


PAGE = """<!doctype html><meta charset="utf-8"><title>loading</title>
<script type="importmap">{"imports": %s}</script>
<div id="here"></div>
<script type="module">
import { h, render } from "preact";
import { useState, useLayoutEffect } from "preact/hooks";
import htm from "htm";
import { html as bound } from "htm/preact";
import { io } from "socket.io-client";
const html = htm.bind(h);
function Rings() {
  const [times, setTimes] = useState(0);
  useLayoutEffect(() => { if (times < 3) setTimes(times + 1); }, [times]);
  return html`<b id="rings">${times}</b>${bound`<i>${typeof io}</i>`}`;
}
render(html`<${Rings} />`, document.getElementById("here"));
</script>"""


@pytest.fixture
def page_address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "static").symlink_to(HOUSE / "static")
    (tmp_path / "page.html").write_text(PAGE % json.dumps(IMPORT_MAP), encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/page.html"
        server.shutdown()


def test_one_import_map_loads_everything_in_chromium_without_a_build(page_address: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed; `make system` says how")
    quiet = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
    shown = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", *quiet.split(), "--disable-sync", "--virtual-time-budget=5000",
            f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page_address,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert '<b id="rings">3</b><i>function</i>' in shown.stdout, shown.stdout + shown.stderr
