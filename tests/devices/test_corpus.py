"""What the fuzzers of ``make fuzz`` found worth keeping, judged again without them: every codec, every promise."""

from collections.abc import Callable

import pytest

from devices.codecs.registry import CODECS
from tests.fuzz import lines
from tests.fuzz.oracle import Finding, flood, judge
from tests.fuzz.subject import seeds

EVERY = pytest.mark.parametrize("codec", sorted(CODECS))


FLOODS = 5  # of a corpus and of its findings each, spread over its lengths: a flood takes some hundredths of a second


@EVERY
def test_no_input_of_the_corpus_breaks_a_promise(codec: str) -> None:
    corpus = lines.kept(lines.CORPUS, codec)
    assert corpus, f"no corpus of {codec}: make fuzz ONLY={codec}, and commit tests/fuzz/corpus/{codec}.txt"
    for data in corpus:
        _judge(codec, data)


@EVERY
def test_no_finding_comes_back(codec: str) -> None:
    for data in [*lines.kept(lines.FINDINGS, codec), *seeds(codec)]:
        _judge(codec, data)


@EVERY
def test_a_flood_of_any_input_is_held_in_little_memory_and_read_in_linear_time(codec: str) -> None:
    for kept in (lines.kept(lines.CORPUS, codec), lines.kept(lines.FINDINGS, codec)):
        for data in kept[:: len(kept) // FLOODS + 1]:
            _judge(codec, data, flood)


def _judge(codec: str, data: bytes, asks: Callable[[str, bytes], None] = judge) -> None:
    try:
        asks(codec, data)
    except Exception as error:
        raise Finding(f"{codec}, {data.hex()}: {error}") from error
