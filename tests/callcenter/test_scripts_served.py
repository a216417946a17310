"""What the console weighs on its way to a browser, and that scripts joined as they are served stay what they were."""

import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcenter.pages.joined import FIRST, REST, NotJoinable, join
from callcenter.pages.packed import shortened
from callcenter.pages.site import ROOT
from callcenter.store.database import Database
from callcenter.store.upgrade import upgrade
from tests.callcenter.whole_site import WholeSite

SCRIPTS = ROOT / "static" / "js" / "console"
ZIPPED = {"Accept-Encoding": "gzip, deflate, br"}
BEFORE_THE_QUEUE = 40_000  # bytes of script, compressed, that must be there before the first row can be drawn
EVERYTHING = 100_000  # all the script a console may ever load: card, carers, telephone, every dialog and panel


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> WholeSite:
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder / 'anxin.db'}"
    upgrade(Database(url))
    return WholeSite(url, folder)


@pytest.fixture
def app(site: WholeSite) -> Flask:
    return site.app


@pytest.fixture
def operator(site: WholeSite) -> FlaskClient:
    return site.clients["operator"]


def asked_first(page: str) -> set[str]:
    """The addresses of the scripts the page needs at once: its own, and the libraries of its import map."""
    found = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', page, re.S)
    own = re.search(r'<script type="module" src="([^"]+)"', page)
    assert found
    assert own
    return {own[1], *json.loads(found[1])["imports"].values()}


def weight(client: FlaskClient, address: str) -> int:
    answer = client.get(address, headers=ZIPPED)
    assert answer.status_code == 200, address
    assert answer.headers["Content-Encoding"] == "gzip"
    return len(answer.data)


def test_the_queue_is_drawn_with_forty_kilobytes_of_script_and_all_there_is_weighs_a_hundred(
    operator: FlaskClient,
) -> None:
    first = {address: weight(operator, address) for address in asked_first(operator.get("/console").text)}
    own = next(address for address in first if address.endswith(FIRST))
    rest = weight(operator, own.replace(FIRST, REST))
    told = f"first {sum(first.values())}: {first}; rest {rest}"
    assert sum(first.values()) <= BEFORE_THE_QUEUE, told
    assert sum(first.values()) + rest <= EVERYTHING, told


def test_every_script_of_the_console_is_joined_exactly_once() -> None:
    texts = join(SCRIPTS)
    parts = re.findall(r"^parts\['([\w-]+\.js)'\] = ", "".join(texts.values()), re.M)
    assert sorted(parts) == sorted(path.name for path in SCRIPTS.glob("*.js"))
    assert "function CloseDialog" not in texts[FIRST], "a dialog is fetched after the queue stands"


def test_joined_scripts_lose_comments_and_indentation_but_no_word_that_is_read() -> None:
    """A cleverer minifier was tried and left: it ate the space after </b> in markup that stands inside markup."""
    kept = "x = html`<b>${a && html`<i> ${b} · ${`tel:${c}`} // d</i> `}</b>·\n`\n"
    assert shortened(f"// one\n  {kept}\n\n   // two\n") == kept


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import * as all from './b.js'", "import * as all"),
        ("import './b.js'", "import './b.js'"),
        ("export default 3", "export default 3"),
        ("export let x = 3", "export let x"),
        ("import { a } from './b.js'\nexport const c = a", "in a circle"),
    ],
)
def test_a_form_the_joiner_does_not_know_is_refused_with_its_place(line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text(f"{line}\n", "utf-8")
    (tmp_path / "b.js").write_text("import { c } from './main.js'\nexport const a = 1\n", "utf-8")
    with pytest.raises(NotJoinable, match=r"main\.js") as refused:
        join(tmp_path)
    assert said in str(refused.value)


def test_whoever_looks_for_a_fault_gets_the_sources_one_by_one(operator: FlaskClient) -> None:
    assert "/static/js/console/main.js" in asked_first(operator.get("/console?scripts=plain").text)
    answer = operator.get("/static/js/console/queue.js", headers=ZIPPED)
    assert gzip.decompress(answer.data) == (SCRIPTS / "queue.js").read_bytes()


def test_a_file_is_sent_once_and_then_only_when_it_has_changed(app: Flask) -> None:
    stranger, address = app.test_client(), "/static/css/base.css"
    zipped, whole = stranger.get(address, headers=ZIPPED), stranger.get(address)
    assert gzip.decompress(zipped.data) == whole.data == (ROOT / "static/css/base.css").read_bytes()
    assert zipped.headers["Vary"] == whole.headers["Vary"] == "Accept-Encoding"
    assert zipped.headers["ETag"] != whole.headers["ETag"], "two forms of one file are not the same bytes"
    again = stranger.get(address, headers={**ZIPPED, "If-None-Match": zipped.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert zipped.headers["Cache-Control"] == "no-cache"
    assert "Content-Encoding" not in stranger.get(address, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_what_carries_its_version_in_its_address_is_kept_for_ever(operator: FlaskClient) -> None:
    for address in asked_first(operator.get("/console").text):
        assert "immutable" in operator.get(address).headers["Cache-Control"], address


@pytest.mark.parametrize(
    "address", ["/static/../app.py", "/static/css/", "/static/nothing.js", "/static/console/0/first.js"]
)
def test_nothing_else_is_served(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 404


def test_a_picture_goes_out_as_it_is(app: Flask) -> None:
    answer = app.test_client().get("/static/icon-192.png", headers=ZIPPED)
    assert answer.data == (ROOT / "static/icon-192.png").read_bytes()
    assert "Content-Encoding" not in answer.headers
