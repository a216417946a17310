"""What the outside says of messages: reports of providers, short links, browsers that take push; and who may look."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.rules.events import Row
from dispatch import outfit
from dispatch.settings import ChannelSettings, Notices
from tests.callcenter.whole_site import NOBODY, WholeSite
from tests.dispatch.fake_phones import FakeProvider, everyone_has_a_phone, number, provider, settled

ENDPOINT = "https://push.example.net/v1/abc"
KEYS = {"p256dh": "B" + "a" * 86, "auth": "b" * 22}


class Wired(WholeSite):
    """A site with one text channel; ``notifier`` is that of its dispatcher."""

    def __init__(self, url: str, folder: Path, server: FakeProvider):
        one = ChannelSettings(name="texts", kind="sms", url=server.url, report_secret="open sesame", quota=("2/day",))
        super().__init__(url, folder, public_url="http://127.0.0.1", channels=(one,))
        self.notifier = outfit.opened(self.house)
        self.notifier.tick()

    def sent(self, server: FakeProvider) -> tuple[Row, Row]:
        """A visit whose carer has been sent a text message, and the message."""
        everyone_has_a_phone(self.house.database)
        visit = self.visit(0)
        settled(self.notifier)
        return visit, server.expect(number(visit["carer_id"]), visit["call_id"])

    def told(self, visit: Row) -> list[str]:
        found = self.house.log.stream(f"call:{visit['call_id']}")
        who = visit["carer_id"]
        return [e.kind for e in found if e.kind.startswith("Notice") and who in (e.body["to_id"], e.body["role"])]


@pytest.fixture
def server() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def site(district: str, tmp_path: Path, server: FakeProvider) -> Iterator[Wired]:
    made = Wired(district, tmp_path, server)
    yield made
    made.close()


def report(site: Wired, body: Row, secret: str = "open sesame", name: str = "texts") -> int:
    path, headers = f"/api/v1/channels/{name}/report", {"X-Anxin-Secret": secret}
    return site.stranger().post(path, json=body, headers=headers).status_code


def test_a_provider_says_what_became_of_a_message_once(site: Wired, server: FakeProvider) -> None:
    visit, text = site.sent(server)
    said = {"reference": text["reference"], "status": "delivered"}
    assert report(site, said, secret="wrong") == 404
    assert report(site, said, secret="") == 404
    assert report(site, said, name="nowhere") == 404
    assert report(site, {**said, "reference": "never-was-one"}) == 404
    assert report(site, {**said, "status": "eaten"}) == 422
    assert "NoticeDelivered" not in site.told(visit)
    assert [report(site, said), report(site, said)] == [200, 200]
    assert report(site, {**said, "status": "read"}) == 200
    assert report(site, said) == 200, "late, and older news than what is known"
    assert site.told(visit)[-2:] == ["NoticeDelivered", "NoticeRead"]


def test_what_the_provider_could_not_deliver_is_shown_to_the_supervisor(site: Wired, server: FakeProvider) -> None:
    visit, text = site.sent(server)
    assert report(site, {"reference": text["reference"], "status": "failed", "error": "空号"}) == 200
    assert site.told(visit)[-1] == "NoticeFailed"
    settled(site.notifier)
    found = site.ask("supervisor", "/api/v1/channels").json
    assert found is not None
    (texts,) = [one for one in found["channels"] if one["name"] == "texts"]
    assert (texts["state"], texts["failed"], texts["error"]) == ("doubtful", 1, "空号")
    assert [one["to_id"] for one in found["undelivered"]] == [str(visit["carer_id"])]
    page = site.ask("supervisor", "/supervisor/channels").text
    assert "空号" in page
    assert number(visit["carer_id"]) not in page
    assert site.ask("operator", "/supervisor/channels").status_code == 403


def test_the_page_shows_what_a_quota_leaves(site: Wired, server: FakeProvider) -> None:
    site.sent(server)
    found = site.ask("supervisor", "/api/v1/channels").json
    assert found is not None
    (texts,) = [one for one in found["channels"] if one["name"] == "texts"]
    assert texts["quotas"] == [{"quota": "2/day", "most": 2, "least_left": 1, "exhausted": 0}]


def test_only_whoever_a_link_was_for_has_read_it_by_opening_it(site: Wired, server: FakeProvider) -> None:
    visit, text = site.sent(server)
    path = "/n/" + text["message"].rsplit("/n/", 1)[1]
    assert site.ask(NOBODY, path).location.startswith("/login?next=")
    assert site.ask("supervisor", path).location == f"/supervisor/calls/{visit['call_id']}"
    assert "NoticeRead" not in site.told(visit)
    assert site.ask("carer", path).location == "/phone"
    assert site.ask("carer", path).location == "/phone"
    assert site.told(visit).count("NoticeRead") == 1
    assert site.ask("carer", "/n/nothing").status_code == 404


def test_a_browser_subscribes_only_where_push_is_on_and_only_to_a_push_service(
    district: str, tmp_path: Path, site: Wired
) -> None:
    asked = {"endpoint": ENDPOINT, "keys": KEYS}
    off = site.client("carer").post("/api/v1/phone/push", json=asked, headers=site.headers("carer"))
    assert off.status_code == 409
    assert site.ask("carer", "/api/v1/phone/push").json == {"key": ""}
    on = WholeSite.__new__(WholeSite)
    on.__dict__.update(site.__dict__)
    on.house.settings.__dict__["notices"] = Notices(push_contact="mailto:it@example.cn")
    on.app = on.house.web()
    on.clients = {role: on.browser(role) for role in ("carer", "operator")}
    on._forms = {}

    def post(who: str, body: Row, method: str = "post") -> int:
        return int(
            getattr(on.clients[who], method)("/api/v1/phone/push", json=body, headers=on.headers(who)).status_code
        )

    key = on.ask("carer", "/api/v1/phone/push").json
    assert key is not None
    assert len(key["key"]) == 87
    assert key == on.ask("carer", "/api/v1/phone/push").json, "made once"
    for bad in (
        "http://push.example.net/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "ftp://a.b/",
    ):
        assert post("carer", {**asked, "endpoint": bad}) == 422, bad
    assert post("carer", {**asked, "keys": {**KEYS, "auth": "short"}}) == 422
    assert post("operator", asked) == 403
    assert post("carer", asked) == 201
    carer = site.carers[0]["id"]
    assert [one["endpoint"] for one in site.house.notices.subscriptions("carer", str(carer))] == [ENDPOINT]
    for one in range(9):
        assert post("carer", {**asked, "endpoint": f"{ENDPOINT}/{one}"}) == 201
    assert len(site.house.notices.subscriptions("carer", str(carer))) == 5
    assert post("carer", {"endpoint": f"{ENDPOINT}/8"}, "delete") == 200
    assert len(site.house.notices.subscriptions("carer", str(carer))) == 4
