"""Bytes that made no frame: what is said of their cause, tried with frames read by a UART set to something else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import al00_uart, d6500, d6600_dc07, dc09, lupus_cid, surgard, texecom
from devices.codecs.line_noise import likely_cause
from devices.codecs.surgard import SurGard
from devices.signal import Setup
from tests.devices.uart import resampled
from tests.devices.wire import NOON, good, listen, vectors, wire

HEARTBEATS = [surgard.write_heartbeat()] * 40
PRESSES = [surgard.write_contact_id(f"{1001 + home}", "101") for home in range(40)]
TRAFFIC = [wire(vector) for vector in vectors("surgard") if wire(vector).isascii()] * 2
PANELS = [dc09.write("ADM-CID", 1 + home, f"{1001 + home}", f"#{1001 + home}|1101 01 000") for home in range(20)]

FRAMES = pytest.mark.parametrize(
    "frames", [HEARTBEATS, PRESSES, TRAFFIC, PANELS], ids=["heartbeats", "presses", "traffic", "panels"]
)
WAITS = pytest.mark.parametrize("waits", [False, True], ids=["16550", "waits for the line"])


def read(frames: list[bytes], sent: str, at: str, waits: bool = False, drops: bool = False) -> bytes:
    """``"9600 8N1"`` read at ``"19200 8N1"``; the first 300 bytes, as a line would keep."""
    ends = [(int(baud), form) for baud, form in (sent.split(), at.split())]
    return resampled(frames, ends[0], ends[1], waits, drops)[:300]


@FRAMES
@WAITS
@pytest.mark.parametrize(
    ("sent", "at"),
    [("9600 8N1", "19200 8N1"), ("9600 8N1", "38400 8N1"), ("1200 7E1", "9600 8N1"), ("1200 7E1", "2400 7E1")],
)
def test_a_line_set_faster_than_the_device_is_called_too_fast(
    frames: list[bytes], sent: str, at: str, waits: bool
) -> None:
    assert likely_cause(read(frames, sent, at, waits)).startswith("wrong baud rate: this line is set too fast")


@FRAMES
@WAITS
@pytest.mark.parametrize(
    ("sent", "at"),
    [("19200 8N1", "9600 8N1"), ("9600 8N1", "1200 8N1"), ("19200 7E1", "9600 8N1"), ("2400 7E1", "1200 7E1"),
     ("9600 8N1", "2400 8N1")],
)  # fmt: skip
def test_a_line_set_slower_than_the_device_is_called_probably_too_slow(
    frames: list[bytes], sent: str, at: str, waits: bool
) -> None:
    assert likely_cause(read(frames, sent, at, waits)).startswith("wrong baud rate: probably this line is set too slow")


def test_a_line_set_many_times_faster_sees_only_breaks_and_both_causes_are_named() -> None:
    noise = read(HEARTBEATS, "9600 8N1", "115200 8N1", waits=True)
    assert set(noise) == {0}
    assert likely_cause(noise).startswith("only 00 bytes: the line is held low")


@FRAMES
@pytest.mark.parametrize(("sent", "name"), [("7E1", "even"), ("7O1", "odd")])
def test_seven_bits_with_parity_read_as_eight_are_recognised(frames: list[bytes], sent: str, name: str) -> None:
    noise = read(frames, f"9600 {sent}", "9600 8N1")
    assert likely_cause(noise) == f"{sent} read as 8N1 (every byte has {name} parity in bit 7)"


@pytest.mark.parametrize("frames", [TRAFFIC, PANELS])
def test_eight_bits_read_as_seven_by_a_port_that_drops_wrong_parity_are_recognised(frames: list[bytes]) -> None:
    noise = read(frames, "9600 8N1", "9600 7E1", drops=True)
    assert likely_cause(noise).startswith("8N1 read as 7E1")


def test_eight_bits_read_as_seven_by_a_port_that_keeps_them_are_read_whole() -> None:
    """Linux hands bytes of wrong parity on unless told otherwise, and ASCII has its bit 7 low."""
    arrived = resampled(PRESSES, (9600, "8N1"), (9600, "7E1"))
    assert arrived == b"".join(PRESSES)
    assert len(good(listen(SurGard(Setup()), [arrived], NOON)[0])) == len(PRESSES)


def test_rates_close_together_are_called_a_wrong_rate() -> None:
    assert likely_cause(read(HEARTBEATS, "9600 8N1", "14400 8N1")).startswith("wrong baud rate")


@pytest.mark.parametrize(
    ("noise", "what"),
    [
        (b"GET / HTTP/1.1\r\nHost: centre\r\n\r\n", "HTTP"),
        (bytes.fromhex("16030100c8010000c40303") + bytes(30), "TLS (ClientHello)"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH"),
        (bytes.fromhex("fffd18fffd20fffd23"), "telnet"),
        (b'{"account": "1001", "kind": "sos"}', "JSON"),
        (b'<?xml version="1.0"?><mrq/>', "XML"),
        (b"MESSAGE sip:centre@10.0.0.1 SIP/2.0\r\n", "SIP"),
        (b"\x10\x13\x00\x04MQTT\x04\x02", "MQTT"),
        (bytes.fromhex("0300002f2ae00000000000436f6f6b6965"), "remote desktop"),
        (PANELS[0], "Contact ID of a DC-09 panel"),
        (dc09.write("NULL", 1, "1001", ""), "a DC-09 panel"),
        (PRESSES[0], 'Sur-Gard (protocol = "surgard")'),
        (HEARTBEATS[0], "the heartbeat of a receiver"),
        (d6500.write_contact_id("1001", "101"), 'Bosch D6500 mode (protocol = "d6500")'),
        (d6600_dc07.write_contact_id("1001", "101"), 'a D6600 in SIA mode (protocol = "d6600-dc07")'),
        (b"\n11 4217 18 E101 01 C005 \r", 'Ademco 685 (protocol = "ademco685")'),
        (texecom.write_poll("1001"), 'Texecom (protocol = "texecom")'),
        (lupus_cid.write("1001", "101"), 'a Lupus panel (protocol = "lupus-cid")'),
        (al00_uart.write("1001", "101"), 'a dialler module (protocol = "al00-uart")'),
        (b"F#123456\x9dF#123456\x9d", "a Honeywell Galaxy"),
        (b"HID=01#UID=02#CRC=" + b"0f" * 16 + b"##", "an Aritech panel"),
        (b"[3G*4700609403*0002*LK]", "an SOS watch"),
        (b"\r\nRING\r\n", "a modem"),
        (b"centre login: ", "a console"),
    ],
)
@pytest.mark.parametrize("serial", [True, False])
def test_another_protocol_is_called_by_its_name(noise: bytes, what: str, serial: bool) -> None:
    assert likely_cause(noise, serial).startswith("not this protocol: looks like " + what)


@pytest.mark.parametrize("name", ["watch", "gt06", "jt808"])
def test_trackers_are_called_trackers(name: str) -> None:
    named = {likely_cause(wire(vector), serial=False) for vector in vectors(name) if vector["class"] == "conformant"}
    assert named & {
        "not this protocol: looks like an SOS watch",
        "not this protocol: looks like a GT06 tracker",
        "not this protocol: looks like a JT/T 808 tracker",
    }


def test_what_cannot_be_told_is_not_guessed() -> None:
    chance = random.Random(7)
    assert likely_cause(b"") == ""
    assert likely_cause(b"%%% noise %%%\x14") == ""
    assert likely_cause(b"the quick brown fox jumps over the lazy dog\r\n" * 5) == ""
    assert likely_cause("门前有人按铃，没有人应答，请派人去看看。".encode() * 3) == ""
    assert [likely_cause(chance.randbytes(size)) for size in (24, 60, 120, 300, 1000)] == [""] * 5


def test_on_a_network_no_baud_rate_is_blamed() -> None:
    assert likely_cause(read(HEARTBEATS, "9600 8N1", "19200 8N1"), serial=False) == ""


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_whatever_raise(noise: bytes, serial: bool) -> None:
    assert isinstance(likely_cause(noise, serial), str)
