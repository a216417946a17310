"""The worked example of docs/protocols.md is true: its codec, vectors and reader pass what every codec has to pass."""

import importlib.util
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from devices.codecs.registry import CODECS
from devices.signal import Setup
from tests.devices import test_vectors as ways
from tests.devices.wire import NOON, Vector, good, listen
from tests.devices.wire import wire as wire_of
from tests.fuzz.oracle import judge

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "protocols.md"
PART = GUIDE.read_text("utf-8").split("### A worked example\n", 1)[1]
VECTORS: list[Vector] = json.loads(re.findall(r"```json\n(.*?)```", PART, re.DOTALL)[0])["vectors"]


def module(name: str, source: str, folder: Path) -> ModuleType:
    file = folder / f"{name}.py"
    file.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(autouse=True)
def _registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    codec, reader = re.findall(r"```python\n(.*?)```", PART, re.DOTALL)
    monkeypatch.setitem(CODECS, "bell", module("bell", codec, tmp_path).Bell)
    monkeypatch.setitem(ways.READERS, "bell", module("bell_reader", reader, tmp_path))
    yield
    sys.modules.pop("bell", None)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_example_passes_every_way_a_vector_is_fed(vector: Vector) -> None:
    ways.test_fed_whole_it_is_heard_and_answered_as_the_vector_says(vector)
    ways.test_fed_byte_by_byte_it_is_the_same(vector)
    ways.test_two_at_once_in_one_segment_are_two(vector)
    ways.test_after_noise_it_is_heard_and_the_noise_is_kept(vector)
    ways.test_cut_in_half_it_is_kept_and_not_answered(vector)
    ways.test_cut_in_half_it_does_not_swallow_the_repetition(vector)
    ways.test_damaged_in_any_byte_at_all_nothing_vanishes_and_nothing_fails(vector)


def test_the_example_is_bounded_and_hears_any_split_alike() -> None:
    flood = b"x" * 1000 + b"!1417;1\r\n" * 50 + b"!" * 600
    whole, _ = listen(CODECS["bell"](Setup()), [flood], NOON)
    for size in (1, 7, 300):
        codec = CODECS["bell"](Setup())
        assert listen(codec, [flood[at : at + size] for at in range(0, len(flood), size)], NOON)[0] == whole
    assert len(good(whole)) == 50
    assert max(len(one.raw) for one in whole) <= 256


def test_the_example_keeps_what_the_fuzzers_ask_of_every_codec() -> None:
    dice = random.Random(1417)
    for _ in range(2000):
        wire = bytearray(b"".join(wire_of(dice.choice(VECTORS)) for _ in range(dice.randrange(1, 4))))
        for _ in range(dice.randrange(4)):
            place = dice.randrange(len(wire))
            wire[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(3)) + dice.choice([b"", b" ", b"!"])
        judge("bell", dice.randbytes(3) + wire)
