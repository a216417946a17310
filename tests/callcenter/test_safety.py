"""Who may do what, and what a stranger gets: every route, every role, forged forms, odd bytes, long and wrong input."""

import re
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from argon2.low_level import Type

from callcenter.accounts import HASHER, secret_key
from callcenter.rules import access
from tests.callcenter.whole_site import NOBODY, PASSWORD, WholeSite

ROOT = Path(__file__).resolve().parents[2]
EVERYBODY = ""
# Every route there is and the right it asks for. A new one has to be written here.
DOORS = {
    **dict.fromkeys(("static", "console.script", "login.home", "login.login", "login.log_out"), EVERYBODY),
    **dict.fromkeys(("login.language", "login.look"), EVERYBODY),
    **dict.fromkeys(("health.process", "health.ready", "health.metrics", "api.openapi.described"), EVERYBODY),
    **dict.fromkeys(("phone.manifest", "phone.worker"), EVERYBODY),
    **dict.fromkeys(("responder.page", "responder.tapped"), EVERYBODY),  # the address is the secret
    "responder.ask": access.HANDLE,
    **dict.fromkeys(("console.index", "api.snapshot", "api.listed", "api.card"), access.CONSOLE),
    **dict.fromkeys(("api.command", "api.orders.ask"), access.HANDLE),
    **dict.fromkeys(("sending.candidates", "sending.dispatch", "sending.cancel"), access.HANDLE),
    **dict.fromkeys(("api.events", "api.frames"), access.EVENTS),
    **dict.fromkeys((f"emergency.{verb}" for verb in ("call", "assess", "chase", "crew_arrived", "stand_down",
                     "refuse", "meet")), access.HANDLE),
    **dict.fromkeys((f"owning.{verb}" for verb in ("offer", "accept", "keep", "access", "leaving",
                     "offer_before_leaving")), access.HANDLE),
    **dict.fromkeys(("emergency.card", "owning.asked"), access.CONSOLE),
    **dict.fromkeys((f"by_hand.{door}" for door in ("form", "entered", "entered_by_machine")), access.HANDLE),
    **dict.fromkeys(("district.picture", "district.positions"), access.CONSOLE),
    "district.audit": access.REPORTS,
    "training.marks": access.CONSOLE,  # there in a training centre only
    **dict.fromkeys((f"paper.{page}" for page in ("index", "desk", "sheet", "kept")), access.PAPER),
    "paper.codes": access.DOOR_CODES,
    "paper.worker": EVERYBODY,  # holds nothing
    **dict.fromkeys((f"in_hand.{verb}" for verb in ("take_over", "offer", "accept", "decline", "take_back", "join",
                     "leave", "attend", "loss_seen")), access.HANDLE),
    **dict.fromkeys((f"seats.{verb}" for verb in ("sign_on", "sign_off", "languages", "take_break", "beat", "leave")),
                    access.HANDLE),
    "seats.listed": access.CONSOLE,
    "seats.page": access.REPORTS,
    **dict.fromkeys(("emergency.card", "owning.asked", "script.steps", "tasks.listed", "tasks.page"), access.CONSOLE),
    **dict.fromkeys(("script.answer", *(f"tasks.{verb}" for verb in ("make", "done", "hand_over", "typed"))),
                    access.HANDLE),
    **dict.fromkeys(("scripts.index", "scripts.one"), access.REPORTS),
    **dict.fromkeys((f"scripts.{verb}" for verb in ("propose", "back", "approve", "reject")), access.PROMISES),
    "scripts.own": access.PEOPLE_READ,
    "scripts.change_own": access.PEOPLE_EDIT,
    **dict.fromkeys(("front_door.search", "front_door.report", "front_door.at_home"), access.HANDLE),
    "front_door.reported": access.REPORT,
    "data_quality.listed": access.PEOPLE_READ,
    "data_quality.rung": access.HANDLE,
    **dict.fromkeys((f"personal_links.{page}" for page in ("ask", "told", "family")), EVERYBODY),
    **dict.fromkeys((f"personal_links.{page}" for page in ("listed", "make", "revoke")), access.PEOPLE_EDIT),
    **dict.fromkeys(("ring_round.tried", "ring_round.there"), access.HANDLE),
    **dict.fromkeys((f"telephone.{verb}" for verb in ("dial", "claim", "ask", "third", "sit_down")), access.HANDLE),
    "telephone.listed": access.CONSOLE,
    "telephone.recording": access.LISTEN,
    "telephone.day": access.REPORTS,
    "api.signals.post": access.SIGNALS,
    **dict.fromkeys(("people.residents", "people.home", "people.carers"), access.PEOPLE_READ),
    **dict.fromkeys(("people.devices", "people.responders", "people.template"), access.PEOPLE_READ),
    **dict.fromkeys(("people.edit", "people.save", "people.import_", "people.look_or_bring_in"), access.PEOPLE_EDIT),
    "people.export": access.EXPORT,
    **dict.fromkeys(("supervisor.responses", "supervisor.call", "supervisor.export"), access.REPORTS),
    **dict.fromkeys(
        (f"watch.{page}" for page in ("overview", "device", "installations", "tests", "recalls", "recall", "incidents",
         "incident", *(f"watch_api.{name}" for name in ("standing", "device", "tests", "recalls", "incidents",
         "incident")))), access.CONSOLE,
    ),
    **dict.fromkeys(
        (f"watch.{page}" for page in ("act", "recalled", "safe", *(f"watch_api.{name}" for name in ("act", "lend",
         "check", "mended", "safe")))), access.HANDLE,
    ),
    **dict.fromkeys(("watch.recall_opened", "watch.watch_api.recall"), access.REPORTS),
    **dict.fromkeys(("channels.key", "channels.subscribe", "channels.leave"), access.PHONE),
    **dict.fromkeys(("channels.listed", "channels.page"), access.REPORTS),
    **dict.fromkeys(("channels.report", "channels.link"), EVERYBODY),  # by the channel's secret; by whom it was for
    **dict.fromkeys((f"booked.{page}" for page in ("listed", "one", "day", "catalogue", "callbacks.to_ring",
                     *(f"booking_api.{name}" for name in ("services", "listed", "one", "to_ring")))), access.CONSOLE),
    **dict.fromkeys((f"booked.{page}" for page in ("new", "make", "changed", "plan_again", "callbacks.rung",
                     *(f"booking_api.{name}" for name in ("book", "look", "cancel", "move", "rung")))), access.HANDLE),
    **dict.fromkeys(("booked.keep", "booked.booking_api.service"), access.PEOPLE_EDIT),
    "booked.callbacks.figures": access.REPORTS,
    **dict.fromkeys(("phone.index", "sending.phone_jobs", "booked.booking_api.plan"), access.PHONE),
    **dict.fromkeys((f"sending.{verb}" for verb in ("accept", "decline", "depart", "arrive", "finish")), access.PHONE),
    **dict.fromkeys((f"on_scene.{verb}" for verb in ("undo", "help_needed", "fine", "sos", "here")), access.PHONE),
    **dict.fromkeys(("photos.add",), access.PHONE),
    "photos.show": access.CONSOLE,
    "door.read_tag": EVERYBODY,  # a stranger who finds the tag reads whom to ring, and nothing else
    **dict.fromkeys(("door.arrivals", "door.make", "door.revoke", "photos.delete"), access.REPORTS),
    **dict.fromkeys(("promises.versions", "promises.attained.page", "promises.attained.export"), access.REPORTS),
    **dict.fromkeys(("rounds.index", "rounds.runs", "rounds.run", "rounds.rounds_api.listed", "rounds.rounds_api.calls",
                     "care.away", "care.care", "care.tiers"), access.CONSOLE),
    **dict.fromkeys((*(f"rounds.rounds_api.{name}" for name in ("next_one", "held", "say", "away", "back")),
                     "care.act"), access.HANDLE),
    **dict.fromkeys(("rounds.plan", "rounds.release", "rounds.stop", "pagers.listed"), access.REPORTS),
    "care.decide": access.PEOPLE_EDIT,
    "promises.change": access.PROMISES,
    "arrivals.estimates": access.REPORTS,
    "api.resume_clock": access.HANDLE,
    **dict.fromkeys((f"mass_api.{name}" for name in ("standing", "areas", "running", "one")), access.CONSOLE),
    **dict.fromkeys((f"mass_api.{verb}" for verb in ("declare", "change", "end", "start", "mark", "back", "share",
                     "end_roll_call")), access.HANDLE),
    **dict.fromkeys((f"rollcalls.{page}" for page in ("listed", "one", "paper")), access.CONSOLE),
    **dict.fromkeys((f"rollcalls.{page}" for page in ("entry", "entered")), access.HANDLE),
    **dict.fromkeys((f"rollcall.{page}" for page in ("mine", "mark", "back")), access.PHONE),
    **dict.fromkeys((f"roster.{page}" for page in ("now", "overview", "grid", "printed", "workbook", "posts")),
                    access.PEOPLE_READ),
    **dict.fromkeys((f"roster.{page}" for page in ("check", "save", "propose", "discard", "bring_in",
                     "changes.change")), access.PEOPLE_EDIT),
    "roster.publish": access.ROSTER,
}  # fmt: skip
PARTS = {
    "call_id": "20261123-9999",
    "talk_id": "1795334327.9",
    "act": "hold",
    "visit_id": "20261123-9999.1",
    "code": "H9999",
    "name": "texts",
    "account": "9999",
    "recall_id": "recall-9",
    "incident_id": "20261123-9999",
    "home_id": "1",
    "mass_id": "m20261123-9",
    "rollcall_id": "r20261123-9",
    "booking_id": "20261123-B999",
    "callback_id": "rate:20261123-9999.1",
    "resident_id": "1",
    "task_id": "20261123-T999",
    "number": "999",
    "change": "cancel",
    "said": "told",
    "what": "sign",
    "version": "0",
    "step": "check",
    "verb": "note",
    "form": "csv",
    "filename": "x",
    "token": "nobody",
    "hold": "take",
    "does": "away",
    "entry_id": "friday-20261127.9999",
    "round_id": "friday-20261127",
    "plan_id": "plan-99",
    "absence_id": "1.99",
    "month": "2026-12",
    "sheet": "ST1",
    "photo_id": "1",
    "tag": "1",
}
TAPS = ("accept", "decline", "depart", "arrive", "finish")


def every_route(site: WholeSite) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every route."""
    found = []
    for rule in site.app.url_map.iter_rules():
        address = re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda part: PARTS[part[1]], rule.rule)
        found += [
            (rule.endpoint, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST", "DELETE"})
        ]
    return found


def test_every_route_has_its_right_written_down(site: WholeSite) -> None:
    assert {endpoint for endpoint, _, _ in every_route(site)} == set(DOORS)


@pytest.mark.parametrize("role", [*access.RIGHTS, NOBODY])
def test_every_route_lets_in_whom_it_should_and_nobody_else(site: WholeSite, role: str) -> None:
    head = site.house.users.by_login("head")
    assert head is not None
    with site.house.log.writing() as w:  # a head edits the roster of their own station only
        site.house.users.change(w.conn, head["id"], station_id=site.house.people.stations.all()[0]["id"])
    for endpoint, method, address in every_route(site):
        right = DOORS[endpoint]
        if not right:
            continue
        answer = site.client(role).open(address, method=method, headers=site.headers(role))
        barred = answer.status_code in (401, 403) or answer.headers.get("Location", "").startswith("/login")
        if role == NOBODY or (role in site.tokens and method == "POST" and not address.startswith("/api/")):
            assert barred or answer.status_code == 400, (method, address, answer.status_code)
        else:
            assert barred != access.may(role, right), (method, address, answer.status_code)


def test_a_carer_sees_nothing_of_anothers_visit(site: WholeSite) -> None:
    visit = site.visit(1)
    card = site.ask("operator", f"/api/v1/calls/{visit['call_id']}").json
    assert card
    told = [card["home"]["address"], card["residents"][0]["name"], visit["carer_name"], "摔倒了"]
    before = site.head()
    for tap in TAPS:
        body = {"reason": "忙"} if tap == "decline" else {"report": {"condition": "well"}} if tap == "finish" else {}
        answer = site.say("carer", f"/api/v1/visits/{visit['id']}/{tap}", body)
        assert answer.status_code in (403, 404, 409), (tap, answer.text)
        assert not [word for word in told if word in answer.text], answer.text
        assert "visit" not in (answer.json or {})
    assert site.ask("carer", f"/api/v1/calls/{visit['call_id']}").status_code == 403
    assert (site.ask("carer", "/api/v1/phone/jobs").json or {})["jobs"] == []
    assert site.head() == before


def test_a_carer_asked_before_is_told_only_that_it_has_moved_on(site: WholeSite) -> None:
    visit = site.visit(0)
    assert site.say("carer", f"/api/v1/visits/{visit['id']}/decline", {"reason": "忙"}).status_code == 200
    answer = site.say("carer", f"/api/v1/visits/{visit['id']}/depart", {})
    assert answer.status_code == 409
    assert set((answer.json or {})["visit"]) == {"id", "stage"}


@pytest.mark.parametrize("role", [*access.RIGHTS, NOBODY])
def test_only_who_may_see_the_console_is_pushed_to(site: WholeSite, role: str) -> None:
    io = site.house.live.io
    socket = io.test_client(site.app, flask_test_client=site.client(role), headers=site.headers(role))
    assert socket.is_connected() == access.may(role, access.CONSOLE)


# --- forged and stale ----------------------------------------------------------------------------------------------


def test_without_the_form_token_nothing_happens(site: WholeSite) -> None:
    call, before = site.call(), site.head()
    tries = [("operator", "/api/v1/calls", {"source": "phone", "text": "x", "account": "1042", "key": "k" * 8})]
    tries += [
        ("operator", f"/api/v1/calls/{call['id']}/{verb}", {"key": "k" * 8, "text": "x"}) for verb in ("answer", "note")
    ]
    tries += [
        ("supervisor", "/people/homes/H0001/edit", {}),
        ("supervisor", "/logout", {}),
        ("supervisor", "/language", {}),
    ]
    for who, path, body in tries:
        for headers in ({}, {"X-CSRFToken": "made-up"}, {"Authorization": "Bearer made-up"}):
            answer = site.clients[who].post(path, json=body, headers=headers)
            assert answer.status_code == 400, (path, headers, answer.text)
    assert site.head() == before
    assert (site.clients["operator"].post("/api/v1/calls", json={}).json or {})["error"] == "csrf"


def test_a_token_needs_no_form_token_and_a_wrong_one_is_told_so(site: WholeSite) -> None:
    call = site.call()
    path, body = f"/api/v1/calls/{call['id']}/answer", {"key": "from-a-machine"}
    assert site.stranger().post(path, json=body, headers=site.headers("system")).status_code == 200
    answer = site.stranger().post(path, json=body, headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, (answer.json or {})["error"]) == (401, "unauthorised")


def test_the_session_ends_when_the_password_changes_or_the_user_is_closed(site: WholeSite) -> None:
    client = site.stranger()
    assert site.log_in(client, "operator", PASSWORD).status_code == 302
    assert client.get("/api/v1/snapshot").status_code == 200
    site.house.accounts.add("operator", "operator", "operator")
    assert client.get("/api/v1/snapshot").status_code == 401
    assert site.log_in(client, "supervisor", PASSWORD).status_code == 302
    user = site.house.users.by_login("supervisor")
    assert user
    with site.house.log.writing() as w:
        site.house.users.change(w.conn, user["id"], active=False)
    assert client.get("/api/v1/snapshot").status_code == 401
    assert site.log_in(client, "supervisor", PASSWORD).status_code == 401


@pytest.mark.parametrize("public_url", ["", "https://anxin.example"])
def test_the_cookie_is_shut_to_scripts_and_other_sites(sqlite_district: Path, tmp_path: Path, public_url: str) -> None:
    (tmp_path / "anxin.db").write_bytes(sqlite_district.read_bytes())
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path, public_url=public_url)
    client = made.stranger()
    base = "https://localhost" if public_url else "http://localhost"
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/login", base_url=base).text)
    assert token
    data = {"csrf_token": token[1], "login": "operator", "password": PASSWORD}
    cookie = client.post("/login", data=data, base_url=base).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == bool(public_url)
    made.close()


def test_too_many_log_ins_are_told_to_wait(site: WholeSite) -> None:
    client = site.stranger()
    answers = [site.log_in(client, "operator", "wrong-password") for _ in range(11)]
    assert [a.status_code for a in answers] == [401] * 10 + [429]
    assert "等一分钟" in answers[-1].text or "Wait a minute" in answers[-1].text
    assert answers[-1].headers["Retry-After"]


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/%0d%0aX: 1",
        "evil",
    ],
)
def test_nobody_is_sent_to_another_site_after_the_log_in(site: WholeSite, to: str) -> None:
    client = site.stranger()
    went = site.log_in(client, "operator", PASSWORD, next=to).headers["Location"]
    assert went == "/console" or re.match(r"/[^/\\\s]", went), went
    assert site.log_in(client, "operator", PASSWORD, next="/people?q=1").headers["Location"] == "/people?q=1"


# --- what is shown, kept and told ----------------------------------------------------------------------------------


def test_every_page_forbids_scripts_that_are_not_ours(site: WholeSite) -> None:
    pages = [
        (role, address)
        for role in ("supervisor", "carer", NOBODY)
        for _, method, address in every_route(site)
        if method == "GET"
    ]
    for role, address in [*pages, ("operator", "/nowhere"), ("operator", "/static/css/base.css")]:
        answer = site.ask(role, address)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "default-src 'self'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        nonce = re.search(r"'nonce-([^']+)'", policy)
        if answer.mimetype == "text/html":
            assert inline(answer.text, nonce[1] if nonce else "-") == [], address


def inline(page: str, nonce: str) -> list[str]:
    """What the policy would stop: handlers and styles in tags, and scripts with neither address nor this nonce."""
    tags = re.findall(r"<[a-zA-Z][^>]*>", re.sub(r"(?s)(<script[^>]*>).*?</script>", r"\1", page))
    wrong = [tag for tag in tags if re.search(r"""\s(on[a-z]+|style)\s*=|\shref\s*=\s*["']?javascript:""", tag)]
    wrong += ["<style>"] if re.search(r"<style[\s>]", page) else []
    for tag in (tag for tag in tags if tag.startswith("<script")):
        plain = "src=" in tag or 'type="application/json"' in tag or f'nonce="{nonce}"' in tag
        wrong += [] if plain else [tag]
    return wrong


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: p.name)
def test_no_template_holds_a_script_or_style_the_policy_would_stop(path: Path) -> None:
    text = re.sub(r"{%.*?%}|{#.*?#}", " ", path.read_text("utf-8"), flags=re.S)
    assert inline(text, "{{ csp_nonce() }}") == []


def test_the_scanner_of_pages_sees_what_it_should() -> None:
    assert inline('<p onclick="x()">', "n")
    assert inline('<p style="color:red">', "n")
    assert inline("<script>x()</script>", "n")
    assert not inline('<script nonce="n">if (a<b) x()</script><script src="/a.js"></script><p class="on">', "n")


def test_no_secret_reaches_the_log(
    site: WholeSite, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client = site.stranger()
    site.log_in(client, "operator", "my-secret-password")
    site.log_in(client, "typed-my-secret-here", "x")
    site.log_in(client, "operator", PASSWORD)
    site.stranger().get("/api/v1/snapshot", headers={"Authorization": "Bearer anxin_my-secret-token"})
    site.say("device", "/api/v1/signals", {"account": "1", "kind": "nope"})
    new = site.house.accounts.add("operator", "operator", "operator")
    out = "".join(capfd.readouterr()) + caplog.text
    assert "log-in refused" in out
    for secret in ("my-secret", PASSWORD, *site.tokens.values(), new, str(site.app.secret_key)):
        assert secret not in out
    told = str([event.body for event in site.house.log.after(0)])
    assert new not in told
    assert not [token for token in site.tokens.values() if token in told]


def test_the_secret_key_is_for_our_eyes_only_and_stays(site: WholeSite) -> None:
    folder = Path(site.house.settings.database.data_dir)
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (len(secret_key(folder)), secret_key(folder)) == (32, site.app.secret_key)
    (folder / "secret.key").chmod(0o644)
    secret_key(folder)
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(("path", "kind"), [("/people", "text/html"), ("/api/v1/calls", "application/json")])
def test_a_fault_of_ours_is_told_without_its_insides(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("the-inside")

    endpoint = "people.residents" if path == "/people" else "api.listed"
    monkeypatch.setitem(site.app.view_functions, endpoint, broken)
    answer = site.ask("operator", path)
    assert (answer.status_code, answer.mimetype) == (500, kind)
    assert "the-inside" not in answer.text
    assert "Traceback" not in answer.text
    assert "tell your supervisor" in answer.text


def test_a_page_says_that_the_database_is_away(site: WholeSite) -> None:
    path = Path(str(site.house.database.url.database))
    site.house.database.close()
    path.rename(path.with_suffix(".gone"))
    path.mkdir()
    for address in ("/console", "/api/v1/snapshot", "/people"):
        answer = site.ask("operator", address)
        assert answer.status_code == 503, answer.text[:300]
        assert "Traceback" not in answer.text


# --- passwords -----------------------------------------------------------------------------------------------------


def test_a_log_in_takes_as_long_for_nobody_as_for_somebody(site: WholeSite) -> None:
    def fastest(login: str) -> float:
        took = []
        for _ in range(4):
            began = time.perf_counter()
            assert site.house.accounts.check(login, "wrong-password") is None
            took.append(time.perf_counter() - began)
        return min(took)

    assert 0.4 < fastest("operator") / fastest("no-such-user") < 2.5


def test_passwords_are_hashed_with_argon2id_and_no_less_than_owasp_asks_for() -> None:
    assert HASHER.type is Type.ID
    assert HASHER.memory_cost >= 19 * 1024
    assert HASHER.time_cost >= 2
