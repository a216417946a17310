"""What a channel is: a way to reach a person that tries once, within its time, and says what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from callcenter.rules.events import Row
from dispatch.rules.quotas import Quota


class Message(NamedTuple):
    """``to`` is ``{id, name, role, phone}``; ``reference`` is what the provider's report will name."""

    to: Row
    words: str
    reference: str
    link: str = ""
    title: str = ""


class Refused(Exception):
    """The channel did not take the message; the text says why, without number or secret."""


Send = Callable[[Message], str]
"""Returns the reference under which the message went out. Whatever it raises means that it did not."""


@dataclass(frozen=True, slots=True)
class Channel:
    """``roles`` it serves (empty: everyone); ``quick``: done at once, in the clock's own thread."""

    name: str
    kind: str
    send: Send
    roles: frozenset[str] = frozenset()
    quotas: tuple[Quota, ...] = ()
    at_once: int = 4
    seconds: float = 10.0
    quick: bool = False

    def serves(self, audience: str) -> bool:
        return not self.roles or audience in self.roles


def of_kind(channels: Sequence[Channel], kind: str, audience: str) -> list[Channel]:
    """The channels of a kind that serve these people, in the order of the settings."""
    return [channel for channel in channels if channel.kind == kind and channel.serves(audience)]
