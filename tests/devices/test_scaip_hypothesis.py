"""SCAIP and the SIP under it, whatever arrives: no exception, the same in any split, bounded, linear, nothing lost."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import scaip_xml, sip_digest, sip_message
from devices.codecs.scaip import Scaip
from devices.codecs.sip_frame import BODY, HEAD
from devices.signal import Heard, Message, Setup
from tests.devices.scaip_unit import ALARM, messages, proof, request, told
from tests.devices.wire import NOON, good, listen, vectors, wire

BETWEEN = b"\r\n\0"
CHALLENGE = 'Digest realm="anxin", nonce="65e1a3b2.0123456789abcdef0123456789abcdef", qop="auth"'
PIECES = [
    *(wire(vector) for vector in vectors("scaip")),
    request(method="OPTIONS"),
    request(more=[proof(CHALLENGE, "4670000001", "geheim")]),
    request(root="scaip"),
    request(body=b"hi", content_type="text/plain"),
    sip_message.respond(messages(request())[0], 200),
]
SNIPPETS = [
    b"\r\n", b"\r\n\r\n", b"\n\n", b"\0", b"MESSAGE ", b"MESSAGE sip:a SIP/2.0\r\n", b"SIP/2.0 200 OK\r\n",
    b"Content-Length: 9\r\n", b"l: 99999\r\n", b"Content-Length: 4000\r\n", b"<mrq>", b"<cid>1</cid>", b"</mrq>",
    b"Via: SIP/2.0/UDP a.b;branch=z9hG4bKanxin", b'Authorization: Digest realm="anxin",', b"From: <sip:a@b>;self=1\r\n",
    b"To: ", b'Contact: "', b":", b";tag=", b"<!DOCTYPE mrq [", b"OPTIONS x SIP/2.0\r\n\r\n",
]  # fmt: skip

chunk = st.one_of(st.binary(max_size=40), st.sampled_from(PIECES), st.sampled_from(SNIPPETS))
traffic = st.lists(chunk, max_size=8).map(b"".join)
cuts = st.lists(st.integers(0, 800), max_size=12)


def codec(clear_text: str = "flag") -> Scaip:
    passwords = {"4670000001": "geheim"}.get
    return Scaip(Setup(passwords=passwords, clear_text="refuse" if clear_text == "refuse" else "flag"))


def hear(chunks: list[bytes], policy: str = "flag") -> tuple[list[Heard], bytes]:
    return listen(codec(policy), chunks, NOON)


@given(traffic, st.sampled_from(["flag", "refuse"]))
def test_no_bytes_whatever_raise_and_every_answer_is_whole_sip(arrived: bytes, policy: str) -> None:
    heard, answers = hear([arrived], policy)
    for one in heard:
        assert one.raw in arrived
        assert repr(one)
    messages(answers)


@given(st.sampled_from(PIECES), st.integers(0, 700), st.binary(min_size=1, max_size=6))
def test_a_message_damaged_anywhere_raises_nothing(piece: bytes, place: int, instead: bytes) -> None:
    damaged = piece[:place] + instead + piece[place + len(instead) :]
    heard, answers = hear([damaged])
    assert heard
    messages(answers)


@given(traffic, cuts)
def test_any_split_of_the_same_bytes_is_heard_the_same(arrived: bytes, at: list[int]) -> None:
    places = sorted({0, len(arrived), *(place for place in at if place < len(arrived))})
    expected = hear([arrived])
    assert hear([arrived[start:stop] for start, stop in pairwise(places)]) == expected
    assert hear([arrived[n : n + 1] for n in range(len(arrived))]) == expected


@given(st.lists(st.one_of(st.binary(max_size=6000), traffic), max_size=5))
def test_nothing_vanishes_but_line_ends_between_messages(parts: list[bytes]) -> None:
    told = b"".join(one.raw for one in hear(parts)[0])
    assert told.translate(None, BETWEEN) == b"".join(parts).translate(None, BETWEEN)


@given(
    st.lists(st.one_of(st.binary(max_size=3000), traffic), max_size=6), st.sampled_from([b"\r", b"A", b"\xff", b" "])
)
def test_no_more_than_8_kib_of_unfinished_bytes_are_kept(parts: list[bytes], filler: bytes) -> None:
    one = codec()
    for part in parts:
        one.feed(part + filler * 2500, NOON)
        assert len(one._cutter.rest) <= HEAD + BODY


HEADED = b"MESSAGE sip:a SIP/2.0\r\n"
FLOODS = [
    *SNIPPETS, b"x", b"\r", b"\n", b"<", b'"', HEADED + b"\r\n", HEADED + b"Content-Length: 9\r\n\r\n", PIECES[0],
    HEADED + b"From: " + b'"a" ' * 100 + b"\r\n\r\n<mrq></mrq>",
    HEADED + b"To: <tel:+" + b"1" * 400 + b"x>\r\n\r\n</mrq>",
    HEADED + b"From: <sip:" + b"a-" * 200 + b"@" + b"a." * 40 + b">\r\n\r\n</mrq>",
    HEADED + b"".join(b"h%d: a\r\n" % n for n in range(400)) + b"l: 0\r\n\r\n",
    HEADED + b'Authorization: Digest realm="anxin"' + b',a="b"' * 500 + b"!\r\nl: 11\r\n\r\n<mrq></mrq>",
    HEADED + b"Authorization: Digest " + b'a="' * 1200 + b"\r\nl: 11\r\n\r\n<mrq></mrq>",
    HEADED + b"Contact: " + b";a=" * 160 + b"\r\nl: 11\r\n\r\n<mrq></mrq>",
    HEADED + b"Via: " + b"SIP/2.0/UDP " * 300 + b"\r\nl: 11\r\n\r\n<mrq></mrq>",
    HEADED + b"l: 4000\r\n\r\n<mrq>" + b"<cid>" * 700,
]  # fmt: skip


@pytest.mark.parametrize("unit", FLOODS)
def test_a_flood_of_anything_takes_linear_time_and_splits_alike(unit: bytes) -> None:
    flood = unit * (60_000 // len(unit))
    began = time.process_time()
    assert hear([flood]) == hear([flood[at : at + 512] for at in range(0, len(flood), 512)])
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "unit", [b"x", b"\n", b"MESSAGE ", HEADED + b"a: " + b"b" * 4000, HEADED + b"\r\n" + b"<a" * 2000]
)
def test_a_byte_at_a_time_costs_what_it_should(unit: bytes) -> None:
    flood = (unit * (20_000 // len(unit) + 1))[:20_000]
    began = time.process_time()
    hear([bytes([byte]) for byte in flood])
    assert time.process_time() - began < 3


@given(st.binary(max_size=64), st.sampled_from(PIECES))
def test_noise_of_any_kind_never_hides_the_next_good_message_for_long(noise: bytes, piece: bytes) -> None:
    wanted = len(good(hear([piece])[0]))
    assert len(good(hear([noise, piece, piece])[0])) >= wanted


ids = st.text("0123456789", min_size=1, max_size=16)
codes = st.text("0123456789", min_size=4, max_size=4)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60)


@given(ids, ids, codes, st.one_of(st.none(), codes), words)
def test_what_the_writer_writes_the_codec_reads_and_the_answer_names_it(
    ref: str, cid: str, dty: str, stc: str | None, ite: str
) -> None:
    fields = {**ALARM, "ref": ref, "cid": cid, "dty": dty, "ite": ite, "stc": stc or ""}
    heard, answers = listen(Scaip(Setup()), [request(fields)], NOON)
    said = heard[0]
    assert isinstance(said, Message)
    assert (said.account, said.sequence, said.deviations) == (cid, ref, ())
    assert {signal.account for signal in said.signals} == {cid}
    assert ite.strip()[:200] in said.signals[0].text
    mrs = told(messages(answers)[1])
    assert (mrs["ref"], mrs["snu"]) == (ref, "0")


@given(st.binary(max_size=300), st.sampled_from([b"%s", b"<mrq>%s</mrq>", b"<mrq><ref>1</ref>%s<cid>12</cid></mrq>"]))
def test_no_body_whatever_makes_another_account_than_it_says(noise: bytes, around: bytes) -> None:
    body = around.replace(b"%s", noise)
    found = scaip_xml.read(body)
    assert found.status in "01237"
    cid = found.fields.get("cid", "")
    assert not cid.isascii() or not cid or cid.encode() in body or b"&" in body or b"\0" in body


@given(st.text(max_size=300), st.sampled_from(["", 'Digest realm="anxin", ', "digest "]))
def test_no_credentials_whatever_raise_or_prove_anything(said: str, before: str) -> None:
    found = sip_digest.credentials([before + said], "anxin")
    if found is not None:
        assert sip_digest.proof(found, "MESSAGE", "geheim", b"", NOON) is not sip_digest.Proof.RIGHT
