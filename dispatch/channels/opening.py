"""Opens the configured channels; one that cannot work stops the start, with its name and how to mend it."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from callcenter.store.notices import NoticeBook
from dispatch.channels.channel import Channel
from dispatch.rules.notices import GROUPS
from dispatch.settings import ChannelSettings

SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class BadChannel(Exception):
    """A configured channel cannot be used; the text names it and the fix, and no secret."""


def open_channels(
    settings: Sequence[ChannelSettings], environment: Mapping[str, str] = os.environ
) -> tuple[Channel, ...]:
    """Every configured channel, in order. Raises ``BadChannel``."""
    return tuple(_opened(one, environment) for one in settings)


def with_push(channels: Sequence[Channel], book: NoticeBook, contact: str, data_dir: Path) -> tuple[Channel, ...]:
    """And web push, where somebody is named whom push services may ask."""
    if not contact:
        return tuple(channels)
    from dispatch.channels import webpush  # loading it takes as long as the whole gateway

    return (*channels, webpush.open_channel(book, contact, data_dir))


def _opened(one: ChannelSettings, environment: Mapping[str, str]) -> Channel:
    from dispatch.channels.addressed import Addressed  # loading apprise takes half a second

    missing = [name for name in SECRET.findall(one.url) if not environment.get(name)]
    if missing:
        raise BadChannel(
            f"channel {one.name!r}: its address names ${{{missing[0]}}}, which is not in the environment; "
            f"set {missing[0]} for this service"
        )
    url = SECRET.sub(lambda found: environment[found[1]], one.url)
    provider = Addressed(url, one.timeout_seconds, one.kind in GROUPS)
    if not provider.understood():
        raise BadChannel(
            f"channel {one.name!r}: its url is no address that apprise understands; it begins with "
            f"{url.partition(':')[0]!r}. See docs/channels.zh-CN.md for one that works with each provider"
        )
    return Channel(
        one.name, one.kind, provider.send, frozenset(one.roles), one.quotas(), one.at_once, one.timeout_seconds
    )
