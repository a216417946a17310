"""The oracle of the fuzzers bites: codecs that break one promise each are found out, the honest one is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devices.codecs.registry import CODECS
from devices.signal import Heard, Heartbeat, Kind, Message, Position, Setup, Signal
from tests.fuzz import oracle
from tests.fuzz import subject as subjects
from tests.fuzz.oracle import Finding
from tests.fuzz.subject import Subject
from tests.fuzz.trial import ANSWERED, BYTEWISE, ENDS, write
from tests.fuzz.weight import weight

SECRET = b"hunter2"


class Honest:
    """A line is an account: ``4217 LF`` rings."""

    name = "honest"

    def __init__(self, setup: Setup) -> None:
        self.rest = b""

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [self.tell(line + b"\n", now) for line in lines]

    def end(self) -> list[Heard]:
        rest, self.rest = self.rest, b""
        return [Heartbeat(rest)] if rest else []

    def tell(self, raw: bytes, now: datetime) -> Heard:
        account = raw[:-1].decode("latin-1").replace("\0", "")
        return Message(raw, account, (Signal(account, Kind.SOS, "line", at=now),))

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return b"ok"


class Told(Honest):
    """Says something else of each line than the honest one."""

    change: Callable[[Message], Heard]

    def tell(self, raw: bytes, now: datetime) -> Heard:
        said = super().tell(raw, now)
        assert isinstance(said, Message)
        return type(self).change(said)


class Forgetful(Honest):
    def end(self) -> list[Heard]:
        return []


class Hasty(Honest):
    """Looks at each feed alone."""

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        self.rest = b""
        return super().feed(data, now)


class Hoarder(Honest):
    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        self.rest += data
        return []


class Talkative(Honest):
    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return SECRET


class Verbose(Honest):
    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return heard.raw * 1000


class Stumbling(Honest):
    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return str(int(heard.account)).encode()


def told(change: Callable[[Message], Heard]) -> type[Honest]:
    return type("Changed", (Told,), {"change": staticmethod(change)})


def signal(said: Message, **changed: object) -> Message:
    return replace(said, signals=(replace(said.signals[0], **changed),))  # type: ignore[arg-type]


WIRE = b"4217\n4218\nab"
BROKEN = [
    (Forgetful, "heard of nowhere: b'ab'"),
    (Hasty, "heard otherwise"),
    (Talkative, "the secret"),
    (Verbose, "no answer"),
    (told(lambda said: signal(said, account="9999")), "stand nowhere"),
    (told(lambda said: replace(said, account="42\x00")), "NUL"),
    (told(lambda said: replace(said, raw=said.raw[::-1])), "does not stand in the rest"),
    (told(lambda said: replace(said, signals=())), "says nothing"),
    (told(lambda said: replace(said, deviations=(SECRET.decode(),))), "the secret"),
    (told(lambda said: signal(said, at=datetime(2026, 1, 1))), "without a zone"),
    (told(lambda said: signal(said, position=Position(91, 0))), "on no globe"),
    (told(lambda said: signal(said, kind="sos!")), "without a kind"),
    (told(lambda said: Heartbeat(said.raw, battery=255)), "a battery of 255"),
]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Honest]], None]:
    """Puts a codec into the registry as ``tried``."""
    monkeypatch.setattr(oracle, "subject", lambda name: Subject(secrets=(SECRET,)))
    return lambda codec: monkeypatch.setitem(CODECS, "tried", codec)


def asked(asks: Callable[[str, bytes], None], wire: bytes = WIRE) -> None:
    asks("tried", write(wire, ENDS | ANSWERED | BYTEWISE, longest=3))


def test_the_honest_codec_breaks_no_promise(known: Callable[[type[Honest]], None]) -> None:
    known(Honest)
    asked(oracle.judge)
    asked(oracle.flood)


@pytest.mark.parametrize(("codec", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_a_codec_that_breaks_a_promise_is_found_out(
    known: Callable[[type[Honest]], None], codec: type[Honest], why: str
) -> None:
    known(codec)
    with pytest.raises(Finding, match=why):
        asked(oracle.judge)


def test_whatever_a_codec_raises_is_let_through(known: Callable[[type[Honest]], None]) -> None:
    known(Stumbling)
    with pytest.raises(ValueError, match="invalid literal"):
        asked(oracle.judge, b"a\n")
    known(told(lambda said: signal(said, text="\ud800")))
    with pytest.raises(UnicodeEncodeError):
        asked(oracle.judge)
    known(told(lambda said: signal(said, at=datetime.max.replace(tzinfo=UTC))))
    with pytest.raises(OverflowError):
        asked(oracle.judge)


def test_a_buffer_without_bound_is_found_out(known: Callable[[type[Honest]], None]) -> None:
    known(Hoarder)
    with pytest.raises(Finding, match="of a flood, more than 16384"):
        asked(oracle.flood)


def test_time_that_grows_faster_than_the_flood_is_found_out(
    known: Callable[[type[Honest]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = [0.0]

    class Slow(Honest):
        def feed(self, data: bytes, now: datetime) -> list[Heard]:
            self.fed = getattr(self, "fed", 0) + len(data)
            spent[0] += self.fed * len(data) / 20_000_000  # as if all that came before were looked at again
            return super().feed(data, now)

    monkeypatch.setattr(oracle.time, "process_time", lambda: spent[0])
    known(Slow)
    with pytest.raises(Finding, match="an eighth of them"):
        asked(oracle.flood)


def test_weight_counts_what_hangs_on_an_object_once_and_nothing_that_is_shared() -> None:
    codec = Honest(Setup())
    empty = weight(codec)
    codec.rest = bytes(5000)
    assert 5000 <= weight(codec) - empty < 5100
    codec.more = {"a": [codec.rest, codec], "b": Setup()}  # type: ignore[attr-defined]
    assert weight(codec) - empty < 6000


def test_every_subject_is_a_codec_of_the_registry() -> None:
    assert set(subjects._subjects()) <= set(CODECS)
