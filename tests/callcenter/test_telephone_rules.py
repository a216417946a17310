"""Telephone numbers, the words of the exchange and the figures of a day, by their rules alone."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event
from callcenter.rules.numbers import bare, ending, same
from callcenter.rules.telephone_figures import counted
from callcenter.rules.telephony import LIFE, STAGES, Heard, Order, after
from callcenter.telephony.codecs.ami import Packets, key, write
from callcenter.telephony.codecs.reading import Reading, extension
from callcenter.telephony.codecs.session import Dialplan, Session

AT = "2026-11-23T02:00:00.000Z"
PLAN = Dialplan("from-internal", "anxin", "PJSIP/{extension}", "9")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("13900001111", "+86 139-0000-1111", True),
        ("13900001111", "013900001111", True),
        ("13900001111", "913900001111", True),
        ("13900001111", "13900001112", False),
        ("0971-5550000", "5550000", True),
        ("0971-5550000", "9715550000", True),
        ("0971-5550000", "0972-5550000", False),
        ("120", "120", False),
        ("anonymous", "anonymous", False),
        ("", "", False),
    ],
)
def test_two_spellings_of_one_telephone(one: str, other: str, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike


@given(st.text(max_size=40))
def test_whatever_a_caller_id_holds_is_a_number_or_nothing(text: str) -> None:
    found = bare(text)
    assert not found or found.isdigit()
    assert found.endswith(ending(text))
    assert bare(found) == found


def test_every_stage_of_a_talk_is_reached_and_left_by_the_table() -> None:
    assert {stage for stages, to in LIFE.values() for stage in (*stages, to) if stage} == set(STAGES)


@given(st.binary(max_size=300), st.data())
def test_bytes_in_any_pieces_make_the_same_packets(noise: bytes, data: st.DataObject) -> None:
    whole = b"Asterisk Call Manager/5.0.4\r\nEvent: A\r\nX: 1\r\n\r\n" + noise + b"\r\n\r\nEvent: B\r\nY: 2\r\n\r\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    one, many = Packets(), Packets()
    at_once = one.feed(whole)
    assert [packet for piece in pieces for packet in many.feed(piece)] == at_once
    assert at_once[0] == {"Event": "A", "X": "1"}
    assert at_once[-1] == {"Event": "B", "Y": "2"}


def test_a_line_without_end_takes_no_memory_and_the_next_packet_is_read() -> None:
    packets = Packets()
    for _ in range(50):
        assert packets.feed(b"x" * 10_000) == []
    assert packets.feed(b"\r\n\r\nEvent: A\r\n\r\n") == [{"Event": "A"}]


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=4))
def test_nobody_smuggles_a_second_action_in(fields: Mapping[str, str]) -> None:
    try:
        said = write("Originate", fields)
    except ValueError:
        return
    assert said.count(b"\r\n\r\n") == 1
    assert said.count(b"Action: ") <= 1 + sum(("Action: " in name + value) for name, value in fields.items())


@given(st.lists(st.dictionaries(st.sampled_from(["Event", "Uniqueid", "Linkedid", "Channel", "Context", "BridgeType",
                "DialStatus", "Cause", "Variable", "Value", "DestChannel"]),
                st.sampled_from(["Newchannel", "BridgeEnter", "Hangup", "DialEnd", "Hold", "VarSet", "1.1", "1.2",
                "o-1", "o-1-t5", "PJSIP/801-0001", "Local/801@x-01;1", "PJSIP/trunk-02", "from-trunk", "ANSWER", "BUSY",
                "MIXMONITOR_FILENAME", "/a/b.wav", ""]), max_size=8), max_size=40))  # fmt: skip
def test_no_sequence_of_packets_breaks_the_reading_or_says_a_thing_twice(packets: list[dict[str, str]]) -> None:
    reading, said = Reading({"from-trunk"}), []
    for packet in packets:
        said += reading.hear(packet, AT)
    for talk in {one.talk for one in said}:
        lives = "".join(
            one.what[0] for one in said if one.talk == talk and one.what in ("ringing", "answered", "ended")
        )
        assert "rr" not in lives
        assert "aa" not in lives
        assert "ee" not in lives


def logged_in(**known: str) -> Session:
    session = Session("anxin", "secret", {"from-trunk"}, PLAN, lambda: known)
    session.sending()
    session.feed(b"Asterisk Call Manager/5\r\nResponse: Success\r\nActionID: challenge\r\nChallenge: 42\r\n\r\n", AT)
    assert key("42", "secret").encode() in session.sending()
    session.feed(b"Response: Success\r\nActionID: login\r\n\r\n", AT)
    session.feed(b"Response: Success\r\nActionID: channels\r\n\r\n", AT)
    session.feed(b"Event: CoreShowChannelsComplete\r\nActionID: channels\r\n\r\n", AT)
    session.sending()
    return session


def test_the_password_never_crosses_the_wire_and_the_prefix_leads_out() -> None:
    session = logged_in()
    assert session.state == "up"
    assert session.order(Order(7, "dial", "o-1", "801", "13900001111"), AT) == []
    said = session.sending().decode()
    assert "secret" not in said
    assert "Exten: 913900001111\r\n" in said
    assert "ChannelId: o-1\r\n" in said


@pytest.mark.parametrize("number", ["", "12\r\nAction: Hangup", "SIP/evil", "1" * 21, "电话"])
def test_what_is_no_number_is_never_dialled(number: str) -> None:
    session = logged_in()
    heard = session.order(Order(7, "dial", "o-1", "801", number), AT)
    assert [one.what for one in heard] == ["refused", "ended"]
    assert session.sending() == b""


def test_what_happened_while_the_list_was_told_is_not_lost() -> None:
    session = Session("anxin", "secret", {"from-trunk"}, PLAN, lambda: {"5.1": "in"})
    session.feed(b"Response: Success\r\nActionID: challenge\r\nChallenge: 42\r\n\r\n", AT)
    session.feed(b"Response: Success\r\nActionID: login\r\n\r\n", AT)
    ring = "Event: Newchannel\r\nUniqueid: 6.1\r\nLinkedid: 6.1\r\nContext: from-trunk\r\nCallerIDNum: 139\r\n\r\n"
    assert session.feed(ring.encode(), AT) == []
    heard = session.feed(b"Event: CoreShowChannelsComplete\r\nActionID: channels\r\n\r\n", AT)
    assert heard == [Heard("ended", "5.1", AT, cause="lost"), Heard("ringing", "6.1", AT, number="139")]


def test_a_seat_does_not_wait_for_somebody_held_who_has_hung_up() -> None:
    session = logged_in()
    for text in (
        "Event: Newchannel\r\nUniqueid: o-1\r\nLinkedid: o-1\r\nChannel: PJSIP/801-01",
        "Event: Newchannel\r\nUniqueid: 9.1\r\nLinkedid: o-1\r\nChannel: PJSIP/trunk-02",
        "Event: DialEnd\r\nUniqueid: o-1\r\nLinkedid: o-1\r\nChannel: PJSIP/801-01\r\nDestChannel: PJSIP/trunk-02\r\n"
        "DialStatus: ANSWER",
    ):
        session.feed(f"{text}\r\n\r\n".encode(), AT)
    session.order(Order(8, "hold", "o-1", "801"), AT)
    session.feed(b"Response: Success\r\nActionID: anxin-8\r\n\r\n", AT)
    session.sending()
    gone = b"Event: Hangup\r\nUniqueid: 9.1\r\nLinkedid: o-1\r\nChannel: PJSIP/trunk-02\r\nCause: 16\r\n\r\n"
    assert session.feed(gone, AT) == [Heard("ended", "o-1", AT, cause="answered")]
    assert b"Action: Hangup\r\nActionID: left\r\nChannel: PJSIP/801-01" in session.sending()


def test_whose_telephone_a_channel_is() -> None:
    assert extension("PJSIP/801-0000001a") == extension("Local/801@from-internal-03;1") == "801"
    assert extension("SIP/trunk-01") == extension("DAHDI/1-1") == ""


def talk(at: str, answered: str | None = None, ended: str | None = None, **more: Any) -> dict[str, Any]:
    return {"direction": "in", "stage": "ended" if ended else "ringing", "rang_at": at, "answered_at": answered,
            "ended_at": ended, "missed": False, "purpose": "", "call_id": None, **more}  # fmt: skip


def test_the_figures_of_a_day_add_up() -> None:
    minute = lambda n, s=0: f"2026-11-23T02:{n:02d}:{s:02d}.000Z"  # noqa: E731
    rows = [
        talk(minute(1), minute(1, 10), minute(2)),
        talk(minute(2), minute(2, 16), minute(3)),
        talk(minute(3), None, minute(3, 20), missed=True, call_id="a"),
        talk(minute(4), None, minute(4, 1)),
        talk(minute(5), minute(5, 9), minute(6), direction="out", call_id="a"),
        talk(minute(6), None, minute(6, 30), direction="out", purpose="unit"),
        talk(minute(7)),
    ]
    day = counted(rows)
    assert (day.incoming, day.quick, day.late, day.missed, day.brief, day.ringing) == (5, 1, 1, 1, 1, 1)
    assert day.incoming == day.answered + day.missed + day.brief + day.ringing
    assert (day.share, day.kept, day.rung_back) == (2 / 3, False, 1)
    assert (day.outgoing, day.reached, day.longest_wait) == (1, 1, 20.0)
    assert counted([]).share is None


def test_a_fact_of_a_talk_that_may_not_happen_is_refused() -> None:
    body = {"talk": "1.1", "at": AT, "number": "139"}
    rang = after(None, Event(1, AT, "talk:1.1", 1, "TalkRang", body, "exchange", ""))
    with pytest.raises(NotNow):
        after(rang, Event(2, AT, "talk:1.1", 2, "TalkHeld", body, "exchange", ""))
