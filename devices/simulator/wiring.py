"""Which home speaks which protocol over which line, and the units and receivers that do the speaking."""

import contextlib
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import SystemRandom

from devices.settings import LineSettings
from devices.signal import Keys
from devices.simulator.cables import Cable, PtyCable, TcpCable, UdpCable
from devices.simulator.dialler import Patience
from devices.simulator.speech import SPEECH, Speaker, Speech
from devices.simulator.tally import Tally
from devices.simulator.unit import Unit

Units = Sequence[tuple[str, str]]  # (account, protocol)
USUAL = {"dc09": 0.85, "surgard": 0.15}  # of twenty homes three ring a Sur-Gard receiver, where there is a line for one


def units_for(
    lines: Sequence[LineSettings], homes: int = 900, first_account: int = 1001, mix: Mapping[str, float] | None = None
) -> list[tuple[str, str]]:
    """Accounts in a row, each with its protocol. ``mix`` gives each protocol's share; without one, the usual mix of
    what the lines speak. Raises ``ValueError`` when no pretend unit, or no line, speaks a protocol of the mix."""
    spoken = {line.protocol for line in lines}
    wanted = {protocol: share for protocol, share in (mix or {}).items() if share > 0}
    for protocol in wanted:
        if protocol not in SPEECH:
            raise ValueError(f"no pretend unit speaks {protocol!r}; these do: {', '.join(sorted(SPEECH))}")
        if protocol not in spoken:
            raise ValueError(f"some homes speak {protocol} but no line does: add one to [[lines]]")
    shares = wanted or {protocol: share for protocol, share in USUAL.items() if protocol in spoken}
    if not shares:
        raise ValueError("no line speaks dc09 or surgard: add one to [[lines]] for the pretend homes, or give a mix")
    return [(str(first_account + n), protocol) for n, protocol in enumerate(_spread(shares, homes))]


def _spread(shares: Mapping[str, float], homes: int) -> list[str]:
    """Each protocol as often as its share says, in as even an order as can be."""
    whole, given = sum(shares.values()), dict.fromkeys(shares, 0)
    order = []
    for number in range(1, homes + 1):
        missing = {protocol: share / whole * number - given[protocol] for protocol, share in shares.items()}
        order.append(max(missing, key=missing.__getitem__))
        given[order[-1]] += 1
    return order


class Wiring:
    """Makes each unit when it first speaks. Raises ``ValueError`` at once when a home has no line."""

    def __init__(self, units: Units, lines: Sequence[LineSettings], patience: Patience, tally: Tally, keys: Keys):
        self.protocol = dict(units)
        self._order = {account: number for number, (account, _) in enumerate(units)}
        self._lines = {protocol: _lines_for(protocol, lines) for protocol in sorted(set(self.protocol.values()))}
        self._patience, self._tally, self._keys = patience, tally, keys
        self._sequences = SystemRandom()  # another run soon after must not look like retransmissions of this one
        self._units: dict[str, Unit] = {}  # by account, or by protocol where one machine speaks for all

    def speech(self, account: str) -> Speech:
        return SPEECH[self.protocol[account]]

    def registered(self, account: str) -> str:
        """The account as the centre has it."""
        return self._line(account).prefix + account

    def unit(self, account: str) -> Unit:
        name = self.protocol[account] if self.speech(account).shared else account
        if name not in self._units:
            self._units[name] = self.fresh_unit(account)
        return self._units[name]

    def known(self, account: str) -> Unit | None:
        """The unit that speaks for this home alone, if it has spoken."""
        return self._units.get(account)

    def open_receivers(self) -> None:
        """The gateway may need a moment to find a serial port."""
        for account in self.beating():
            if self.speech(account).shared:
                self.unit(account)

    def beating(self) -> list[str]:
        """One account for each machine that shows that it lives."""
        shared: dict[str, str] = {}
        for account, protocol in self.protocol.items():
            if SPEECH[protocol].shared:
                shared.setdefault(protocol, account)
        return [a for a, protocol in self.protocol.items() if not SPEECH[protocol].shared] + list(shared.values())

    def fresh_unit(self, account: str) -> Unit:
        """Every fourth that has the line's key uses it; one that has a key of its own always does."""
        line, speech, number = self._line(account), self.speech(account), self._order[account]
        key = self._keys(line.prefix + account) or (line.key if number % 4 == 0 else None)
        speaker = Speaker(account, key, number)
        cable = CABLES[line.transport](line, speech)
        return Unit(speech, speaker, cable, self._patience, self._tally, self._sequences.randint(1, 9999))

    def hang_up(self) -> None:
        for unit in self._units.values():
            unit.unplug()

    def _line(self, account: str) -> LineSettings:
        """Two of three speak over TCP where both are to be had; a shared machine has the first line."""
        lines = self._lines[self.protocol[account]]
        return lines[0] if self.speech(account).shared else lines[self._order[account] % len(lines)]


def _lines_for(protocol: str, lines: Sequence[LineSettings]) -> list[LineSettings]:
    shared = SPEECH[protocol].shared  # a cable has one end: a home each cannot be at it
    found = [line for line in lines if line.protocol == protocol and (shared or line.transport != "serial")]
    if not found:
        raise ValueError(f"some homes speak {protocol} but no line does: add one to [[lines]]")
    by_tcp = [line for line in found if line.transport == "tcp"]
    return found if shared else by_tcp * 2 + [line for line in found if line.transport != "tcp"]


CABLES: Mapping[str, Callable[[LineSettings, Speech], Cable]] = {
    "tcp": lambda line, speech: TcpCable(reachable(line.host), line.port or 0, speech.reply_ends),
    "udp": lambda line, speech: UdpCable(reachable(line.host), line.port or 0),
    "serial": lambda line, speech: PtyCable(line.device),
}


def elsewhere(hosts: Iterable[str]) -> list[str]:
    """Those that are not addresses of this machine: nothing of ours can be bound to them."""
    return [host for host in hosts if host and reachable(host) == host and not _here(host)]


def _here(host: str) -> bool:
    with contextlib.suppress(OSError):
        for family, kind, protocol, _, place in socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM):
            with contextlib.suppress(OSError), socket.socket(family, kind, protocol) as probe:
                probe.bind(place)
                return True
    return False


def reachable(host: str) -> str:
    """The address to dial for one that is listened on."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
