"""The tables and rules of messages: who is told what, quotas, quiet hours, settings that stop the start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app import Settings, cli
from callcenter.configuration import BadSettings, read_settings
from callcenter.rules.events import KINDS
from callcenter.rules.times import later, stamp
from dispatch.channels.opening import BadChannel, open_channels
from dispatch.rules import health, quiet, quotas
from dispatch.rules.notices import ORDERS, SILENT, TELLS, coming, order_for, wanted
from dispatch.settings import ChannelSettings
from tests.dispatch.fake_phones import provider

ZONE = ZoneInfo("Asia/Shanghai")
SPANS = [quiet.read("22:00-07:00"), quiet.read("12:30-14:30")]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{text}:00+08:00")


@pytest.mark.parametrize(("at", "until"), [
    ("21:59", None), ("22:00", "07:00"), ("23:30", "07:00"), ("06:59", "07:00"), ("07:00", None), ("12:29", None),
    ("12:30", "14:30"), ("14:29", "14:30"), ("14:30", None),
])  # fmt: skip
def test_quiet_hours_end_when_they_say(at: str, until: str | None) -> None:
    end = quiet.ends(SPANS, local(at), ZONE)
    assert (end and end.astimezone(ZONE).strftime("%H:%M")) == until


def test_spans_that_touch_are_one() -> None:
    end = quiet.ends([*SPANS, quiet.read("07:00-08:30")], local("23:00"), ZONE)
    assert end is not None
    assert end.astimezone(ZONE).strftime("%H:%M") == "08:30"


@given(MOMENTS)
def test_whoever_waits_waits_less_than_a_day_and_then_it_is_not_quiet(moment: datetime) -> None:
    end = quiet.ends(SPANS, moment, ZONE)
    if end:
        assert moment < end <= moment + timedelta(hours=9)
        assert quiet.ends(SPANS, end, ZONE) is None


def test_a_day_that_is_quiet_all_round_does_not_ask_for_ever() -> None:
    spans = [quiet.read("00:00-12:00"), quiet.read("12:00-00:00")]
    assert quiet.ends(spans, local("10:00"), ZONE) is not None


@given(st.lists(st.integers(0, 90000), max_size=40), st.integers(1, 5), st.sampled_from(["min", "h", "day"]))
def test_a_quota_is_never_exceeded_in_any_window(seconds: list[int], most: int, unit: str) -> None:
    limit = quotas.read(f"{most}/{unit}")
    start, sent = "2026-11-23T00:00:00.000Z", list[str]()
    for at in sorted(seconds):
        now = later(start, at)
        if quotas.exhausted([limit], sent, now) is None:
            sent.append(now)
    for at in sent:
        assert sum(later(at, -limit.seconds) < other <= at for other in sent) <= most


def test_every_order_ends_and_every_fact_that_is_told_is_one() -> None:
    assert TELLS.keys() <= KINDS
    for tells in TELLS.values():
        for tell in tells:
            for priority in (1, 2, 3, 4):
                order = ORDERS[order_for(tell.order, priority)]
                assert any(not SILENT.issuperset(step) for step in order.steps), "a page alone is never enough"
    assert order_for("usual", 3, "voice") == "voice-first"


def test_minutes_are_whole_and_at_least_one() -> None:
    assert [coming(s) for s in (None, 1, 60, 61, 480)] == ["请稍候", *(f"约 {n} 分钟到" for n in (1, 1, 2, 8))]


def test_an_offer_is_worth_telling_while_it_is_open_and_to_a_group_while_any_is() -> None:
    visit = {"asked": [{"carer_id": 7, "result": "expired"}, {"carer_id": 8, "result": "offered"}]}
    assert [wanted("VisitOffered", who, visit, None) for who in ("7", "8", "")] == [False, True, True]
    assert not wanted("VisitOffered", "", {"asked": visit["asked"][:1]}, None)


def test_a_channel_is_judged_by_how_it_ended_last() -> None:
    early, late = stamp(datetime(2026, 1, 1, tzinfo=UTC)), stamp(datetime(2026, 1, 2, tzinfo=UTC))
    asked = [("", ""), (late, early), (early, late), ("", late)]
    assert [health.state(*one) for one in asked] == ["unused", "works", "doubtful", "fails"]


# --- settings ----------------------------------------------------------------------------------------------------

SMS = '[[channels]]\nname = "texts"\nkind = "sms"\nurl = "json://127.0.0.1/{phone}"\n'
WRONG = {
    SMS.replace("{phone}", ""): "channel 'texts' calls one number for everybody: write {phone} where it belongs",
    SMS.replace("sms", "robot"): "which has no number: take {phone} out",
    SMS + 'quota = ["20 per day"]': "quota '20 per day' cannot be read; write a number, a slash and min, h or day",
    SMS + SMS: "two channels are called 'texts'",
    SMS.replace("texts", "screen"): "'screen' is the name of a channel that is always there",
    SMS.replace("sms", "fax"): "channels.0.kind: must be 'sms', 'voice', 'robot' or 'mail'",
    SMS + "roels = []": "channels.0.roels: there is no such key; did you mean roles?",
    SMS.replace(
        "json:", "jsno:"
    ): "channel 'texts': its url is no address that apprise understands; it begins with 'jsno'",
    SMS.replace("/{phone}", "/{phone}?key=${NOT_SET}"): "channel 'texts': its address names ${NOT_SET}, which is not",
    '[notices]\nquiet = ["22-7"]': "quiet hours '22-7' cannot be read; write them as 22:00-07:00",
    '[notices]\naccepted = { bo = "x" }': "has no zh, the text for whoever has none of their own",
    '[notices]\naccepted = { zh = "{name} kommt" }': "of braces only {coming} may stand in it",
    '[notices]\npush_contact = "it@example.cn"': "must be mailto:somebody@… or https://…",
}


@pytest.mark.parametrize("written", WRONG, ids=range(len(WRONG)))
def test_a_wrong_channel_stops_the_start_with_its_name_and_the_fix(tmp_path: Path, written: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/a.db"\n{written}', "utf-8")
    with pytest.raises((BadSettings, BadChannel)) as stopped:
        open_channels(read_settings(Settings, config).channels, {})
    assert WRONG[written] in str(stopped.value)


def test_a_secret_comes_from_the_environment_and_is_never_said() -> None:
    named = ChannelSettings(name="texts", kind="sms", url="nonsense://${KEY}@h/{phone}")
    with pytest.raises(BadChannel) as stopped:
        open_channels([named], {"KEY": "hunter2"})
    assert "hunter2" not in str(stopped.value)


def test_try_channel_sends_a_marked_message_or_says_why_not(tmp_path: Path) -> None:
    with provider() as server:
        config = tmp_path / "config.toml"
        config.write_text(SMS.replace("json://127.0.0.1/{phone}", server.url), "utf-8")

        def tried(*words: str) -> tuple[int, str]:
            said = CliRunner().invoke(cli, ["--config", str(config), "try-channel", *words])
            return said.exit_code, said.output

        code, text = tried("texts", "--to", "13800138000")
        assert (code, "the provider took it" in text) == (0, True)
        assert "【测试】" in server.expect("13800138000", "测试")["message"]
        server.status = 500
        assert "not sent" in tried("texts", "--to", "13800138000")[1]
        assert "say which number with --to" in tried("texts")[1]
        assert "there is no channel 'fax'; the configured channels are: texts" in tried("fax")[1]
