"""TLS on TCP lines, and who may call: real certificates, real handshakes, files that change under an open line."""

import asyncio
import contextlib
import os
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError
from structlog.testing import capture_logs

from devices.lines import BadCertificate, check_certificates, tcp
from devices.settings import LineSettings
from tests.devices.memory_door import (
    MemoryDoor,
    asynchronous,
    line,
    opened,
    press,
    says_nothing,
    sequence_of,
    until,
)

NAME = "centre.example"


class Office:
    """A certification authority, and the files it has written."""

    def __init__(self, folder: Path):
        self.folder, self.ca = folder, trustme.CA()
        self.certificate, self.key = folder / "line.pem", folder / "line.key"
        self.issue()

    def issue(self, days: float = 365) -> None:
        made = self.ca.issue_cert(NAME, not_after=datetime.now(UTC) + timedelta(days=days))
        made.private_key_pem.write_to_path(self.key)
        made.cert_chain_pems[0].write_to_path(self.certificate)

    def line(self, **more: Any) -> LineSettings:
        return line(tls_certificate=str(self.certificate), tls_key=str(self.key), **more)

    def trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.ca.configure_trust(context)
        return context

    async def dial(self, port: int, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> "Talk":
        return await asyncio.open_connection(host, port, ssl=context or self.trusting(), server_hostname=NAME)


Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def serial_of(talk: Talk) -> str:
    return str(talk[1].get_extra_info("peercert")["serialNumber"])


@asynchronous
async def test_presses_over_tls_are_kept_and_acknowledged(office: Office) -> None:
    door = MemoryDoor()
    async with opened(door, office.line()) as lines:
        reader, writer = await office.dial(lines.port("a"))
        for n in range(1, 60):
            writer.write(press(n))
            assert await sequence_of(reader) == f"{n:04}"
        assert len(door.messages) == 59
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
        assert "listening on tls" in door.states[0][2]
        writer.close()


@asynchronous
async def test_a_burst_longer_than_any_buffer_is_heard_whole_and_a_press_before_good_bye_too(office: Office) -> None:
    door = MemoryDoor(commit_seconds=0.05)
    async with opened(door, office.line()) as lines:
        reader, writer = await office.dial(lines.port("a"))
        writer.write(b"".join(press(n) for n in range(1, 300)))
        assert [await sequence_of(reader) for _ in range(299)] == [f"{n:04}" for n in range(1, 300)]
        writer.write(press(300))
        writer.close()  # says good-bye at once
        await until(lambda: len(door.messages) == 300)
        await until(lambda: not lines._carriers["a"].busy)


def test_tls_1_1_is_not_spoken(office: Office) -> None:
    old = office.trusting()
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    async def story() -> None:
        async with opened(MemoryDoor(), office.line()) as lines:
            with pytest.raises(ssl.SSLError):
                await office.dial(lines.port("a"), old)
            await until(lambda: lines.figures()["a"]["refused"] == 1)

    asyncio.run(story())


def test_clear_text_on_a_tls_line_is_never_answered_but_kept_because_somebody_may_have_pressed(office: Office) -> None:
    async def story() -> None:
        door = MemoryDoor()
        async with opened(door, office.line()) as lines:
            reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
            writer.write(press(1))
            with contextlib.suppress(ConnectionError):
                assert b"ACK" not in await asyncio.wait_for(reader.read(), 20)
            await until(lambda: door.garbled)
            assert door.garbled[0].raw == press(1)
            assert "TLS" in door.garbled[0].reason
            assert not door.messages
            writer.close()

    asyncio.run(story())


def test_with_a_client_ca_only_devices_with_its_certificate_are_heard(office: Office, tmp_path: Path) -> None:
    devices = trustme.CA()
    devices.cert_pem.write_to_path(tmp_path / "devices.pem")

    async def story() -> None:
        door = MemoryDoor()
        async with opened(door, office.line(tls_client_ca=str(tmp_path / "devices.pem"))) as lines:
            with contextlib.suppress(OSError):  # TLS 1.3 says so only when one reads
                reader, writer = await office.dial(lines.port("a"))
                writer.write(press(1))
                assert await says_nothing(reader)
            assert not door.messages
            known = office.trusting()
            devices.issue_cert("unit-1001.example").configure_cert(known)
            reader, writer = await office.dial(lines.port("a"), known)
            writer.write(press(2))
            assert await sequence_of(reader) == "0002"
            writer.close()

    asyncio.run(story())


def test_a_new_certificate_is_taken_up_and_no_connection_is_dropped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "LOOK_SECONDS", 0.0)

    async def story() -> None:
        door = MemoryDoor()
        async with opened(door, office.line(idle_seconds=1.0)) as lines:  # a short one: the watch comes round sooner
            first = await office.dial(lines.port("a"))
            before = serial_of(first)
            office.issue(days=10)
            await until(lambda: "expires on" in door.states[-1][2])
            second = await office.dial(lines.port("a"))
            assert serial_of(second) != before
            for reader, writer in (first, second):
                writer.write(press(1))
                assert await sequence_of(reader) == "0001"
            office.certificate.write_text("half a cert")
            await until(lambda: "old certificate stays" in door.states[-1][2])
            third = await office.dial(lines.port("a"))
            assert serial_of(third) == serial_of(second)
            office.issue(days=365)
            await until(lambda: door.states[-1][2].endswith(str(lines.port("a"))))
            assert {state for _, state, _ in door.states} == {"up"}
            for _, writer in (first, second, third):
                writer.close()

    asyncio.run(story())


def test_an_expired_certificate_is_said(office: Office) -> None:
    office.issue(days=-1)

    async def story() -> None:
        door = MemoryDoor()
        async with opened(door, office.line()):
            assert "expired on" in door.states[-1][2]

    asyncio.run(story())


def test_a_bad_file_stops_the_start_with_its_name_and_the_fix(office: Office, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other")
    nothing, words = tmp_path / "nothing.pem", tmp_path / "words.pem"
    words.write_text("just words")
    good, key = str(office.certificate), str(office.key)
    for settings, said in (
        ({"tls_certificate": str(nothing), "tls_key": key}, f"tls_certificate {nothing}: No such file.*give its path"),
        ({"tls_certificate": str(words), "tls_key": key}, f"tls_certificate {words}: no PEM certificate.*BEGIN"),
        ({"tls_certificate": good, "tls_key": str(words)}, f"tls_key {words}: .*give the PEM key"),
        ({"tls_certificate": good, "tls_key": str(other.key)}, "tls_key .*MISMATCH.*belongs to tls_certificate"),
        ({"tls_certificate": good}, "tls_key .*give the PEM key"),
        ({"tls_certificate": good, "tls_key": key, "tls_client_ca": str(words)}, f"tls_client_ca {words}: .*signed"),
    ):
        with pytest.raises(BadCertificate, match=said):
            check_certificates((line(**settings),))
    check_certificates((office.line(), line(name="b")))
    for wrong, words_ in (
        ({"tls_key": key}, "add tls_certificate"),
        ({"transport": "udp", "tls_certificate": good}, "TLS is for tcp"),
        ({"allow": ["10.8.0.1/16"]}, "host bits.*write networks as"),
    ):
        with pytest.raises(ValidationError, match=words_):
            line(**wrong)


@asynchronous
async def test_a_file_that_goes_bad_before_a_restart_leaves_that_line_down_and_the_others_work(office: Office) -> None:
    good = office.key.read_bytes()
    office.key.unlink()
    door = MemoryDoor()
    async with opened(door, office.line(), line(name="b")) as lines:
        assert lines.states() == {"a": "down", "b": "up"}
        assert str(office.key) in door.states[0][2]
        office.key.write_bytes(good)
        await until(lambda: lines.states()["a"] == "up")
        reader, writer = await office.dial(lines.port("a"))
        writer.write(press(1))
        assert await sequence_of(reader) == "0001"
        writer.close()


@asynchronous
async def test_a_host_that_may_not_call_is_closed_counted_and_noted_once() -> None:
    door = MemoryDoor()
    with capture_logs() as said:
        async with opened(door, line(allow=["127.0.0.2", "127.0.4.0/24", "fd00::/8"])) as lines:
            for _ in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
                writer.write(press(1))
                assert await says_nothing(reader, 20)
                writer.close()
            for source in ("127.0.0.2", "127.0.4.77"):
                dialled = await asyncio.open_connection("127.0.0.1", lines.port("a"), local_addr=(source, 0))
                dialled[1].write(press(2))
                assert await sequence_of(dialled[0]) == "0002"
                dialled[1].close()
            assert lines.figures()["a"]["refused"] == 3
            assert not door.garbled
    assert [one["host"] for one in said if one["event"] == "a host is refused"] == ["127.0.0.1"]


@asynchronous
async def test_datagrams_of_a_host_that_may_not_call_are_dropped_and_counted() -> None:
    door = MemoryDoor()
    async with opened(door, line("udp", allow=["127.0.0.2"])) as lines:
        for source, sequence in (("127.0.0.1", 1), ("127.0.0.2", 2)):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind((source, 0))
                sock.sendto(press(sequence), ("127.0.0.1", lines.port("a")))
                await asyncio.sleep(0.05)
        await until(lambda: door.messages)
        assert [m.sequence for m in door.messages] == ["0002"]
        assert lines.figures()["a"]["refused"] == 1


@asynchronous
async def test_a_tls_connection_costs_no_more_than_openssl_needs(office: Office) -> None:
    """Python's TLS transport alone would need 256 KiB for each."""
    door = MemoryDoor()
    async with opened(door, office.line()) as lines:
        context, talks = office.trusting(), []
        for _ in range(20):
            talks.append(await office.dial(lines.port("a"), context))
        before = _resident()
        for _ in range(100):
            talks.append(await office.dial(lines.port("a"), context))
        client = 256 + 128  # our own end is such a transport, in this very process
        assert (_resident() - before) / 100 < client + 128
        for _, writer in talks:
            writer.close()


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
