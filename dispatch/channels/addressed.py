"""A provider behind an apprise address: text messages, telephone calls, robots of chat groups, mail."""

import logging
import threading
from urllib.parse import quote

import apprise

from dispatch.channels.channel import Message, Refused

TITLE = "安心"
ASSET = apprise.AppriseAsset(app_id="Anxin", app_desc="Anxin", async_mode=False)
SAMPLE = {"phone": "13800138000", "reference": "reference"}


class _Overheard(logging.Handler):
    """apprise says only yes or no, and why into its log: kept for the thread in which it was said."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.text = record.getMessage()

    def last(self) -> str:
        text, self.said.text = getattr(self.said, "text", ""), ""
        return str(text)


OVERHEARD = _Overheard()
logging.getLogger("apprise").addHandler(OVERHEARD)
logging.getLogger("apprise").propagate = False  # its warnings are said by us, without numbers and secrets


class Addressed:
    """``url`` with ``{phone}`` and ``{reference}`` where they belong; ``with_title`` for what has a headline."""

    def __init__(self, url: str, seconds: float, with_title: bool):
        between = "&" if "?" in url else "?"
        self.url = url if "rto=" in url else f"{url}{between}cto={min(seconds, 5.0):g}&rto={seconds:g}"
        self.title = TITLE if with_title else ""

    def understood(self) -> bool:
        """Does apprise know what to do with the address?"""
        found = self._opened(SAMPLE) is not None
        OVERHEARD.last()
        return found

    def send(self, message: Message) -> str:
        plugin = self._opened({"phone": message.to.get("phone") or "", "reference": message.reference})
        if plugin is None:
            raise Refused(f"the number cannot be used: {OVERHEARD.last()}")
        body = " ".join(part for part in (message.words, message.link) if part)
        OVERHEARD.last()
        if not plugin.notify(body=body, title=message.title or self.title):
            raise Refused(OVERHEARD.last() or "the provider refused it")
        return message.reference

    def _opened(self, values: dict[str, str]) -> apprise.NotifyBase | None:
        url = self.url
        for name, value in values.items():
            url = url.replace("{" + name + "}", quote(value, safe=""))
        found: apprise.NotifyBase | None = apprise.Apprise.instantiate(url, asset=ASSET, suppress_exceptions=True)
        return found
