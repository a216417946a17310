"""The carer's own phone page: it polls, so there is nothing to send; the page itself says when it has shown the job."""

from callcenter.rules.events import Row


def send(to: Row, words: str) -> str:
    """Returns the receipt's reference: the page shows what the log holds."""
    return f"screen:{to['id']}"
