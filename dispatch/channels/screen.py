"""The carer's own phone page: it polls, so there is nothing to send; the page itself says when it has shown the job."""

from dispatch.channels.channel import Channel, Message


def send(message: Message) -> str:
    """Returns the receipt's reference: the page shows what the log holds."""
    return f"screen:{message.to['id']}"


CHANNEL = Channel("screen", "screen", send, quick=True)
