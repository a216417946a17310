"""A site with one of everything that has an address, served in this process, and windows of everybody who works there.

The clock of ``at_rest`` stands still, as that of ``WholeSite`` does; a page that is only read does not mind.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select, update

from callcenter.rules.times import Clock
from callcenter.store import tables
from dispatch.pages.field_rooms import paper
from tests.browser.chromium import DESK, PHONE, Windows
from tests.callcenter.what_exists import everything
from tests.callcenter.whole_site import NOBODY, WholeSite
from tests.conftest import MORNING

CHINESE = re.compile(r"[\u3400-\u9fff]+")


@contextmanager
def lived_site(folder: Path, district: Path, clock: Clock = lambda: MORNING) -> Iterator[WholeSite]:
    """On a copy of the demo district, with people of the names they have there, and its live push running."""
    shutil.copy(district, folder / "anxin.db")
    site = WholeSite(f"sqlite:///{folder / 'anxin.db'}", folder, clock)
    with site.house.database.write() as conn:
        for login, name in NAMES.items():
            change = update(tables.users).where(tables.users.c.login == login)
            conn.execute(change.values(name=name, station_id=1))
    site.house.live.start()
    yield site
    site.close()


def window(screens: Windows, site: WholeSite, who: str, language: str, **more: Any) -> Page:
    """Of somebody who has logged in, or of ``NOBODY``, who has only chosen a language."""
    client = site.stranger() if who == NOBODY else site.browser(who)
    with client.session_transaction() as session:
        session["lang"] = language
    kept = client.get_cookie("session")
    assert kept
    # Without its service worker: what is read here is what the server says now.
    profile: BrowserContext = screens.profile(PHONE if who == "carer" else DESK, service_workers="block", **more)
    profile.add_cookies([{"name": "session", "value": kept.value, "url": screens.address}])
    return screens.open(f"{who}-{language}", profile)


# --- one of everything --------------------------------------------------------------------------------------------


def lived_in(site: WholeSite) -> dict[str, str]:
    """The value of each name in a path; ``endpoint:name`` where a name stands for different things."""
    known = everything(site)
    paper(site.house).tick()
    home = str(site.house.people.card({"home_id": 1}, site.house.clock(), site.house.zone)["home"]["code"])
    return known | {
        "name": "sos",
        "month": "2026-12",
        "sheet": "ST1",
        "round_id": known["entry_id"].rsplit(".", 1)[0],
        "people.home:code": home,
        "people.edit:code": home,
        "care.care:code": _person(site),
        "personal_links.ask:token": _outside(site, "grid"),
        "personal_links.family:token": _outside(site, "family", home=home),
        "responder.page:token": _neighbour(site, known["call_id"]),
        "door.read_tag:token": _tag(site, home),
    }


def _person(site: WholeSite) -> str:
    with site.house.database.read() as conn:
        return str(conn.execute(select(tables.residents.c.code).where(tables.residents.c.id == 9)).scalar())


def _outside(site: WholeSite, purpose: str, **more: str) -> str:
    return _told(site, "/people/links", {"purpose": purpose, "person": "马网格员", "days": "30", **more})


def _tag(site: WholeSite, home: str) -> str:
    return _told(site, "/arrivals/tags", {"home": home})


def _told(site: WholeSite, path: str, typed: Mapping[str, str]) -> str:
    """The token on the page that is shown this once."""
    page = site.clients["supervisor"].post(path, data=typed, headers=site.headers("supervisor"))
    found = re.search(r"/(?:report|family|v)/([\w-]{20,})", page.text)
    assert found, page.text
    return found[1]


def _neighbour(site: WholeSite, call_id: str) -> str:
    responding = site.house.parts.responding
    with site.house.log.writing() as w:
        asked = responding.ask(w, call_id, "user:1 李敏", "contacts")
        return responding.link(w, call_id, next(iter(asked["responders"].values()))).rsplit("/", 1)[1]


# --- whose words a page has ---------------------------------------------------------------------------------------

# What a page says, read or heard, except where it says itself that it is Chinese, as the button that leads there does.
SAID = """(html) => {
  const page = html ? new DOMParser().parseFromString(html, 'text/html') : document
  const said = []
  const ours = (node) => !node.closest('script, style, body [lang|=zh]')
  const texts = page.createTreeWalker(page.documentElement, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) if (ours(texts.currentNode.parentElement)) said.push(texts.currentNode.data)
  for (const name of ['title', 'alt', 'placeholder', 'aria-label', 'aria-description', 'content', 'label'])
    for (const one of page.querySelectorAll(`[${name}]`)) if (ours(one)) said.push(one.getAttribute(name))
  return said }"""
NAMES = {"admin": "马主任", "supervisor": "陈主任", "operator": "李敏", "head": "祁站长", "carer": "马玉兰"}


def data(site: WholeSite) -> frozenset[str]:
    """Every run of Chinese letters that somebody typed: from each column of each table, and from the settings."""
    found = set(CHINESE.findall(json.dumps(site.house.settings.model_dump(mode="json"), ensure_ascii=False)))
    with site.house.database.read() as conn:
        for table in tables.metadata.tables.values():
            for row in conn.execute(table.select()):
                for value in row:
                    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                    found.update(CHINESE.findall(text))
    return frozenset(found)


def english(page: Page, typed: frozenset[str], where: str, html: str = "") -> None:
    """No letter of Chinese that nobody typed."""
    ours = {run for text in page.evaluate(SAID, html) for run in CHINESE.findall(text)} - typed
    assert not ours, f"{where} also says {sorted(ours)}"
