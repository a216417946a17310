"""Residents, their faults, and what the simulation makes of the centre's own log."""

import asyncio
import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from devices.codecs.registry import CODECS
from devices.settings import LineSettings
from devices.signal import Asking, Heartbeat, Kind, Message, Setup
from devices.simulator import District, Manner, Patience, Tally, Truth, elsewhere, units_for
from devices.simulator.board import JOB_STAGES, Board, Job
from devices.simulator.centre import Visitor
from devices.simulator.dialler import ACKNOWLEDGED
from devices.simulator.home import Home
from devices.simulator.lookout import Lookout, Outlook
from devices.simulator.speech import SPEECH, Speaker, Speech
from devices.simulator.staff import Operator, go_there
from devices.simulator.workload import WORKLOAD, Change, Happening, Pace, Person, day
from tests.devices.memory_door import MemoryDoor, asynchronous, line, opened

ACCOUNTS = [str(n) for n in range(1001, 1901)]
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HELP = Person("emergency", silent=False, visit=True)


def some(seed: int, pace: Pace, most: int = 3000) -> list[Happening]:
    return list(itertools.islice(day(ACCOUNTS, seed, pace), most))


@pytest.mark.parametrize("pace", [Pace(), Pace(60.0, 5.0), Pace(10.0, watched=True)])
def test_the_same_seed_and_pace_are_the_same_sequence_in_order_of_time(pace: Pace) -> None:
    once, again = some(4, pace), some(4, pace)
    assert once == again != some(5, pace)
    assert [h.at for h in once] == sorted(h.at for h in once)
    assert {h.kind for h in once} > {Kind.SOS, Kind.TEST, Change.NETWORK_LOST, Change.NETWORK_BACK}


def test_the_same_seed_mix_and_speed_send_the_same_frames_in_the_same_order() -> None:
    def planned(share: float) -> list[tuple[float, str, str, str]]:
        lines = [line(), line(name="r", protocol="surgard")]
        units = units_for(lines, 900, mix={"dc09": share, "surgard": 1 - share})
        spoken = dict(units)
        happened = itertools.islice(day([account for account, _ in units], 1, Pace(30.0)), 500)
        return [(h.at, h.account, str(h.kind), spoken[h.account]) for h in happened]

    assert planned(0.5) == planned(0.5) != planned(0.9)


def test_life_at_sixty_times_the_speed_is_the_same_life_sixty_times_as_soon() -> None:
    slow = list(itertools.islice(day(ACCOUNTS, 2, Pace(1.0, watched=True), first_press=None), 500))
    fast = list(itertools.islice(day(ACCOUNTS, 2, Pace(60.0, watched=True), first_press=None), 500))
    assert [(h.account, h.kind, h.restore) for h in slow] == [(h.account, h.kind, h.restore) for h in fast]
    assert [h.at for h in fast] == pytest.approx([h.at / 60 for h in slow])


def test_who_is_silent_never_presses_again_and_who_speaks_presses_until_somebody_speaks_or_comes() -> None:
    pressed = [h for h in some(1, Pace(watched=True), 20_000) if h.human and h.person]
    silent = Counter(h.unless for h in pressed if h.person and h.person.silent)
    speaking = Counter(h.unless for h in pressed if h.person and not h.person.silent)
    assert set(silent) == {""}
    assert silent[""] > 100
    assert speaking["spoken"] > 2 * speaking[""]
    assert 0 < speaking["come"] <= speaking[""]
    assert all(h.person.visit for h in pressed if h.person and h.person.silent), "silence is an emergency"


def test_a_battery_that_ends_before_the_mains_are_back_takes_the_unit_with_it() -> None:
    told = [h for h in some(1, Pace(1.0, 50.0), 60_000) if h.kind in (*Change, Kind.MAINS_LOST, Kind.LOW_BATTERY)]
    deaths = [h for h in told if h.kind is Change.UNIT_DIED]
    assert deaths
    for death in deaths[:20]:
        of_home = [h for h in told if h.account == death.account]
        before = [(h.kind, h.restore) for h in of_home if h.at < death.at]
        assert (Kind.MAINS_LOST, False) in before
        assert (Kind.LOW_BATTERY, False) in before
        back = next(h for h in of_home if h.kind is Change.UNIT_LIVES and h.at > death.at)
        assert (Kind.MAINS_LOST, True) in [(h.kind, h.restore) for h in of_home if h.at == back.at]


def test_shares_of_a_mix_are_kept_to_the_home_and_spread_evenly() -> None:
    lines = [line(), line(name="r", protocol="surgard")]
    units = units_for(lines, 100, mix={"dc09": 0.7, "surgard": 0.3})
    assert Counter(p for _, p in units) == {"dc09": 70, "surgard": 30}
    assert Counter(p for _, p in units[:10]) == {"dc09": 7, "surgard": 3}
    assert Counter(p for _, p in units_for(lines, 10, mix={"dc09": 5, "surgard": 0})) == {"dc09": 10}


@pytest.mark.parametrize(
    ("mix", "said"),
    [({"carrier-pigeon": 1.0}, "no pretend unit speaks 'carrier-pigeon'; these do: dc09,"),
     ({"surgard": 0.5, "dc09": 0.5}, "some homes speak surgard but no line does: add one to")],
)  # fmt: skip
def test_a_mix_that_cannot_be_played_is_told_with_the_fix(mix: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        units_for([line()], 10, mix=mix)


@pytest.mark.parametrize("protocol", SPEECH)
def test_the_codec_of_each_protocol_hears_what_its_units_mean_and_they_know_its_answer(protocol: str) -> None:
    speech = SPEECH[protocol]
    assert (Kind.SOS, False) in speech.words, "everybody can ask for help"
    told = itertools.product(sorted(speech.words), range(3))
    for number, ((kind, restore), dialect) in enumerate(told, start=1):
        codec, speaker = CODECS[protocol](Setup()), Speaker("1001", dialect=dialect)
        frame = speech.say(speaker, Happening(0.0, "1001", kind, restore), number, NOW)
        (heard,) = codec.feed(frame, NOW)
        assert isinstance(heard, Message)
        (signal,) = heard.signals
        assert (signal.kind, signal.account) == (kind, speaker.account)
        assert signal.restore is restore or kind is Kind.TEST  # a test has no end
        assert bool(heard.sequence) is speech.numbered
        _is_known_for_its_answer(speech, speaker, codec.reply(heard, NOW), number)
        (alive,) = codec.feed(speech.live(speaker, number, NOW), NOW)
        assert isinstance(alive, Heartbeat)
        _is_known_for_its_answer(speech, speaker, codec.reply(alive, NOW), number)


def _is_known_for_its_answer(speech: Speech, speaker: Speaker, reply: bytes | tuple[bytes, ...], number: int) -> None:
    raw = reply if isinstance(reply, bytes) else b"".join(reply)
    assert raw.endswith(speech.reply_ends)
    assert speech.judge(raw, speaker, number) == ACKNOWLEDGED
    if speech.numbered:
        assert speech.judge(raw, speaker, number + 1) is None, "that answers another frame"


def test_a_scaip_unit_takes_the_question_that_the_centre_answers_with() -> None:
    codec, speech = CODECS["scaip"](Setup()), SPEECH["scaip"]
    assert isinstance(codec, Asking)
    press = Happening(0.0, "1001", Kind.SOS, person=HELP)
    (heard,) = codec.feed(speech.say(Speaker("1001"), press, 1, NOW), NOW)
    assert isinstance(heard, Message)
    fine, question = codec.reply(heard, NOW)
    assert isinstance(question, bytes)
    assert codec.answered(speech.thank(question)) == codec.question(question) != ""
    assert isinstance(fine, bytes)
    assert speech.thank(fine) == b""
    assert codec.answered(speech.thank(fine + question)) == codec.question(question), "both in one piece over TCP"


def test_copies_of_one_press_are_one_press_and_a_second_press_is_not() -> None:
    for speech, codec in ((SPEECH[p], CODECS[p](Setup())) for p in SPEECH if SPEECH[p].numbered):
        speaker, press = Speaker("1001"), Happening(0.0, "1001", Kind.SOS, person=HELP)
        later = NOW + timedelta(seconds=5)
        frames = [(1, NOW), (1, later if speech.restamps else NOW), (2, later)]
        heard = [codec.feed(speech.say(speaker, press, number, at), NOW)[0] for number, at in frames]
        first, copy, second = ((h.sequence, h.content) for h in heard if isinstance(h, Message))
        assert first == copy != second


def test_whoever_has_only_one_key_presses_that_one() -> None:
    watch, asks = SPEECH["watch"], Happening(0.0, "1001", Kind.SERVICE, person=HELP)
    worded = [watch.worded(asks._replace(kind=kind)) for kind in (Kind.SERVICE, Kind.FALL, Kind.MAINS_LOST)]
    assert [h.kind if h else None for h in worded] == [Kind.SOS, Kind.FALL, None]
    assert watch.worded(asks._replace(kind=Kind.LOW_BATTERY, restore=True)) is None
    assert SPEECH["dc09"].worded(asks) == asks


@asynchronous
async def test_a_district_of_every_kind_of_unit_is_heard_whole_on_every_line() -> None:
    door = MemoryDoor()
    made = [line(name=protocol, protocol=protocol) for protocol in SPEECH]
    made.append(line("udp", name="scaip-udp", protocol="scaip"))
    async with opened(door, *made) as lines:
        settings = [one.model_copy(update={"port": lines.port(one.name)}) for one in made]
        units = units_for(settings, 60, mix=dict.fromkeys(SPEECH, 1.0))
        manner = Manner(speed=60, busy=2000, seconds=2, heartbeat_seconds=1, patience=Patience(5.0, 10))
        tally = (await District(units, settings, manner).play()).tally
    assert tally.lost == []
    assert tally.heartbeats_missed == 0
    assert {kept.line for kept in door.kept} == {one.name for one in made}
    assert {account for _, account in door.lives} >= {account for account, protocol in units if protocol != "surgard"}
    assert not door.garbled


def test_only_addresses_of_this_machine_are_here() -> None:
    assert elsewhere(["127.0.0.1", "0.0.0.0", "::", "localhost", ""]) == []
    assert elsewhere(["192.0.2.17", "127.0.0.1"]) == ["192.0.2.17"]  # RFC 5737: nobody's


# --- faults on the wire ----------------------------------------------------------------------------------------------


class Planned(District):
    """A district in which exactly these things happen."""

    def happen(self, *kinds: Kind | Change) -> None:
        for kind in kinds:
            person = HELP if kind is Kind.SOS else None
            self._happen(Happening(0.0, "1001", kind, person=person))


async def planned(door: MemoryDoor, *steps: tuple[Kind | Change, ...]) -> tuple[Planned, Truth]:
    async with opened(door, line()) as lines:
        settings: list[LineSettings] = [line(port=lines.port("a"))]
        manner = Manner(patience=Patience(20.0, 5), seconds=0, heartbeat_seconds=0, grace_seconds=2.0)
        district = Planned(units_for(settings, 1), settings, manner)
        for step in steps:
            district.happen(*step)
            await asyncio.sleep(0.15)
        return district, await district.play()


@asynchronous
async def test_without_a_network_a_unit_dials_until_it_is_back_and_loses_no_press() -> None:
    door = MemoryDoor()
    district, truth = await planned(door, (Change.NETWORK_LOST, Kind.SOS), (Kind.TEST,), (Change.NETWORK_BACK,))
    assert [signal.kind for message in door.messages for signal in message.signals] == [Kind.SOS, Kind.TEST]
    assert (truth.tally.sent, truth.tally.stayed, truth.lost) == (2, 0, 0)
    assert district.tally.owed == {"1001": 1}


@asynchronous
async def test_a_press_that_cannot_leave_the_home_is_said_and_is_not_counted_as_lost_by_the_centre() -> None:
    for fault in (Change.UNIT_DIED, Change.PAGER_LOST, Change.NETWORK_LOST):
        door = MemoryDoor()
        _, truth = await planned(door, (fault, Kind.SOS))
        assert door.messages == []
        assert (truth.tally.sent, truth.tally.stayed, truth.lost, truth.whole) == (0, 1, 0, True)
        assert "1 never left the home" in truth.line


@asynchronous
async def test_a_unit_without_power_says_nothing_at_all_until_it_lives_again() -> None:
    door = MemoryDoor()
    await planned(door, (Change.UNIT_DIED, Kind.TEST), (Change.UNIT_LIVES, Kind.TAMPER))
    assert [signal.kind for message in door.messages for signal in message.signals] == [Kind.TAMPER]


def test_two_outages_at_a_time_are_over_when_both_are() -> None:
    home = Home()
    for change in (Change.NETWORK_LOST, Change.NETWORK_LOST, Change.NETWORK_BACK):
        home.change(change)
        assert home.offline
    home.change(Change.NETWORK_BACK)
    assert not home.offline


# --- what the centre's log says --------------------------------------------------------------------------------------


def event(kind: str, call: str = "20261122-0001", **body: Any) -> dict[str, Any]:
    return {"kind": kind, "stream": f"call:{call}", "body": body}


def opened_call(account: str = "1001", priority: int = 1, call: str = "20261122-0001") -> dict[str, Any]:
    return event("CallOpened", call, account=account, priority=priority)


def owing(*accounts: str) -> Tally:
    tally = Tally()
    for account in accounts:
        press = Happening(0.0, account, Kind.SOS, person=HELP)
        tally.end(press, 0.01)
        tally.owe(account, press, numbered=True, at=0.0)
    return tally


def test_a_press_acknowledged_and_in_no_call_is_lost() -> None:
    board = Board(ACCOUNTS)
    board.note(opened_call("1001"))
    assert Truth(owing("1001"), board).lost == 0
    for tally, lost in ((owing("1001", "1001"), 1), (owing("1001", "1002"), 1), (owing("1002", "1003"), 2)):
        truth = Truth(tally, board)
        assert truth.lost == lost
        assert not truth.whole
        assert truth.line.endswith(f"lost = {lost}")
    board.note(event("PressRepeated", account="1001", priority=1))
    assert Truth(owing("1001", "1001"), board).lost == 0


def test_a_device_item_is_no_call_in_which_a_press_could_be() -> None:
    board = Board(ACCOUNTS)
    board.note(opened_call("1001", priority=4))
    assert Truth(owing("1001"), board).lost == 1
    assert board.ours == []


def test_a_press_nobody_acknowledged_is_lost_even_when_the_centre_is_not_read() -> None:
    tally = Tally()
    tally.end(Happening(0.0, "1001", Kind.SOS, person=HELP), None)
    assert Truth(tally).lost == 1
    assert "not read" in Truth(tally).line


def test_without_numbers_a_second_press_within_seconds_may_be_taken_for_a_copy() -> None:
    press = Happening(0.0, "1001", Kind.SOS, person=HELP)
    owed = {}
    for numbered in (True, False):
        tally = Tally()
        for at in (0.0, 3.0, 24.0, 26.0):
            tally.owe("1001", press, numbered, at)
        owed[numbered] = tally.owed["1001"]
    assert owed == {True: 4, False: 2}


def test_the_first_press_of_a_run_may_be_a_copy_of_the_last_of_the_run_before() -> None:
    press = Happening(0.0, "1001", Kind.SOS, person=HELP)
    for numbered, owed in ((True, 1), (False, 0)):
        tally = Tally()
        tally.was_heard(["1001"], at=100.0)
        tally.owe("1001", press, numbered, at=101.0)
        assert tally.owed["1001"] == owed
    tally.owe("1001", press, numbered=False, at=126.0)
    tally.owe("1002", press, numbered=False, at=101.0)
    assert tally.owed == {"1001": 1, "1002": 1}


def test_the_line_of_truth_counts_only_calls_of_this_simulation() -> None:
    board = Board(["1001", "1002"])
    for one in (
        opened_call("1001"), opened_call("1002", call="20261122-0002"), opened_call("9999", call="20261122-0003"),
        event("CallAnswered", name="li", user_id=1), event("CallAnswered", "20261122-0003", name="li", user_id=1),
        event("VisitRequested"), event("CarerArrived"), event("VisitFinished"),
        event("CallClosed", outcome="helped", evidence="was_seen"),
    ):  # fmt: skip
        board.note(one)
    truth = Truth(owing("1001", "1002"), board)
    assert truth.line == (
        "truth: presses 2 sent, 2 acknowledged; calls 2, answered 1, visits 1, 1 still open; lost = 0"
    )


def test_a_resident_presses_again_only_while_nobody_has_spoken_or_come() -> None:
    lookout = Lookout(Outlook("http://127.0.0.1:1", "token"), ACCOUNTS, 1, 1.0)
    board = lookout._board
    assert board is not None
    quick = Happening(0.0, "1001", Kind.SOS, person=HELP, unless="spoken")
    late = quick._replace(unless="come")
    advice = late._replace(person=Person("social", silent=False, visit=False))
    assert lookout.alone("1001", quick), "the centre knows of nothing"
    alone = []
    for one in (
        opened_call(),
        event("CallAnswered", name="li", user_id=1),
        event("CarerArrived"),
        event("CallClosed", outcome="helped", evidence="was_seen"),
    ):
        board.note(one)
        alone.append([lookout.alone("1001", h) for h in (quick, late, advice)])
    assert alone == [[True, True, True], [False, True, False], [False, False, False], [False, False, False]]


def test_the_times_of_staff_are_those_of_people() -> None:
    for who in WORKLOAD["staff"].values():
        for name, said in who.items():
            if isinstance(said, list):
                assert 0 < said[0] < said[1] <= 600, name
            else:
                assert 0 <= said < 0.2, name


# --- staff -----------------------------------------------------------------------------------------------------------


class Phone(Visitor):
    """Takes down what is said with it."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.said: list[str] = []

    async def get(self, path: str) -> dict[str, Any]:
        return {}

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        self.said.append(path.rpartition("/")[2])
        return {}


@asynchronous
async def test_carers_go_on_with_a_visit_from_where_it_stands_and_some_do_not_take_it() -> None:
    whole = ["accept", "depart", "arrive", "finish"]
    for stage, rest in zip(JOB_STAGES, (whole, whole[1:], whole[2:], whole[3:]), strict=True):
        said = []
        for number in range(60):
            phone = Phone()
            await go_there(phone, Random(number), 1e6, Job("20261122-0001.1", 7, 300.0, stage), HELP)
            said.append(phone.said)
        if stage == "offered":
            assert [] in said, "a telephone in a pocket"
            assert ["decline"] in said
            assert said.count(whole) > 40
        else:
            assert said == [rest] * 60


def test_what_a_simulation_left_open_is_on_the_board_of_the_next_one() -> None:
    begun: list[Job] = []
    board = Board(ACCOUNTS)
    board.offered = lambda _case, job: begun.append(job)
    call = {"account": "1001", "priority": 1, "stage": "answered", "holder_name": "sim-operator-1", "answered_at": "x"}
    visit = {"id": "a.1", "carer_id": 7, "eta_seconds": 300, "stage": "on_the_way", "ended_at": None}
    board.begin([
        call | {"id": "a", "arrived_at": None, "visit": visit},
        call | {"id": "b", "arrived_at": "x", "visit": visit | {"id": "b.1", "stage": "finished", "ended_at": "x"}},
        call | {"id": "c", "arrived_at": None, "visit": None, "priority": 4},
    ])  # fmt: skip
    assert begun == [Job("a.1", 7, 300, "on_the_way")]
    assert [(c.id, c.visiting, c.come) for c in board.open] == [("a", True, False), ("b", False, True)]
    assert board.ours == []


HEARD, ASKED = (("heard", ""),), (("script", ""),)
STEP = {"id": "speech", "must": True, "gates": ["spoke_clearly"], "options": [{"code": "clear", "causes": ["clear"]}]}


class Seat(Visitor):
    """An operator's seat at a centre that takes everything."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.said: list[tuple[str, str]] = []

    async def get(self, path: str) -> dict[str, Any]:
        return {"call": {"version": 7}, "steps": [STEP]}

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        self.said.append((path.rpartition("/")[2], body.get("evidence", "")))
        return {}


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (HELP, [("answer", ""), *HEARD, ("dispatch", ""), ("close", "was_seen")]),
        (Person("false", silent=True, visit=True), [("answer", ""), ("dispatch", ""), ("close", "was_seen")]),
        (None, [("answer", ""), ("dispatch", ""), ("close", "was_seen")]),
        (Person("false", silent=False, visit=False), [("answer", ""), *HEARD, *ASKED, ("close", "spoke_clearly")]),
    ],
    ids=["needs help", "is silent", "nobody knows who", "an accident"],
)
def test_operators_send_to_whoever_needs_somebody_or_is_silent_and_close_only_what_was_seen_or_spoken(
    person: Person | None, said: list[tuple[str, str]]
) -> None:
    async def story() -> list[tuple[str, str]]:
        seat, board = Seat(), Board(ACCOUNTS)
        desk = Operator("sim-operator-1", seat, lambda _account: person, Random(1), 1e6)
        board.note(opened_call())
        (case,) = board.open
        await desk.take(case)
        if case.visiting:
            assert not await desk.take(case), "nothing to do while a carer is on the way"
            for one in (event("CarerArrived"), event("VisitFinished")):
                board.note(one)
        await desk.take(case)
        assert board.open == []
        return seat.said

    assert asyncio.run(story()) == said


@asynchronous
async def test_a_visit_that_was_called_off_is_asked_for_again_and_never_closed_unseen() -> None:
    seat, board = Seat(), Board(ACCOUNTS)
    desk = Operator("sim-operator-1", seat, lambda _account: HELP, Random(1), 1e6)
    board.note(opened_call())
    (case,) = board.open
    await desk.take(case)
    board.note(event("VisitCancelled"))
    await desk.take(case)
    assert [verb for verb, _ in seat.said] == ["answer", "heard", "dispatch", "dispatch"]


@asynchronous
async def test_heartbeats_follow_the_speed_down_to_one_in_five_seconds_a_home() -> None:
    beats = {}
    for speed in (1.0, 60.0):
        door = MemoryDoor()
        async with opened(door, line()) as lines:
            settings = [line(port=lines.port("a"))]
            manner = Manner(speed=speed, seconds=1, heartbeat_seconds=60, first_press_seconds=None, grace_seconds=1)
            beats[speed] = (await District(units_for(settings, 200), settings, manner).play()).tally.heartbeats
    assert 0 < beats[1.0] < 12, "three a second of two hundred homes"
    assert 20 < beats[60.0] < 80, "forty a second, not two hundred"
