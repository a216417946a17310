"""Web push (VAPID, RFC 8030, 8291, 8292): a knock at the carer's phone, without a word about anybody.

A bonus and never the only way: in mainland China most Android phones have no push service at all.
"""

import json
from pathlib import Path

import requests
from pywebpush import WebPushException, webpush

from callcenter.store.notices import NoticeBook
from dispatch.channels.channel import Channel, Message, Refused
from dispatch.channels.vapid import vapid

SECONDS = 10.0
GONE = (404, 410)
TIME_TO_LIVE = 300  # seconds a push service keeps it for a phone that is off; later the offer is somebody else's
PAYLOAD = {"title": "安心", "body": "有新消息，请打开查看"}


def open_channel(book: NoticeBook, contact: str, data_dir: Path) -> Channel:
    """``contact`` is ``mailto:`` or ``https:`` of who runs the centre."""
    return Channel("webpush", "webpush", WebPush(book, contact, data_dir).send, seconds=SECONDS)


class WebPush:
    def __init__(self, book: NoticeBook, contact: str, data_dir: Path):
        self.book, self.contact, self.key = book, contact, vapid(data_dir)

    def send(self, message: Message) -> str:
        """To every phone of this person; one that takes it is enough. A phone that is gone is forgotten."""
        phones = self.book.subscriptions(str(message.to["role"]), str(message.to["id"]))
        faults = [fault for phone in phones if (fault := self._knock(phone, message))]
        if len(faults) == len(phones):
            raise Refused(faults[0] if faults else "no phone is subscribed any more")
        return message.reference

    def _knock(self, phone: dict[str, str], message: Message) -> str:
        """Why this phone could not be reached; empty when it was."""
        data = json.dumps({**PAYLOAD, "tag": message.reference}, ensure_ascii=False)
        keys = {"endpoint": phone["endpoint"], "keys": {"p256dh": phone["p256dh"], "auth": phone["auth"]}}
        with requests.Session() as session:
            session.max_redirects = 0  # an address is what was subscribed, not where it likes to send us
            try:
                webpush(
                    keys, data, vapid_private_key=self.key, vapid_claims={"sub": self.contact}, timeout=SECONDS,
                    ttl=TIME_TO_LIVE, headers={"Urgency": "high"}, requests_session=session,
                )  # fmt: skip
            except WebPushException as error:
                status = error.response.status_code if error.response is not None else 0
                if status in GONE:
                    self.book.unsubscribe(phone["endpoint"])
                return f"the push service answered {status}"
            except (requests.RequestException, ValueError) as error:
                return f"the push service cannot be reached: {type(error).__name__}"
        return ""
