"""A channel that writes a line into the program's journal: for tests, for the demo, and as a message's last trace."""

import structlog

from dispatch.channels.channel import Channel, Message

log = structlog.get_logger("notices")


def send(message: Message) -> str:
    """Says who is told and what, without name, address or diagnosis."""
    log.info("notice", to=message.to["id"], role=message.to["role"], words=message.words)
    return f"log:{message.to['id']}"


CHANNEL = Channel("log", "log", send, quick=True)
