"""Something more is heard of an open case: if somebody must take it up anew, it rings again at every seat."""

from callcenter.rules.call import rings_again
from callcenter.rules.events import Row, call_stream
from callcenter.store.log import Writing


def ring_again(w: Writing, call: Row, priority: int, who: str) -> None:
    """``call``: its row before what was heard; ``priority``: how urgent that is. Most of the time nothing rings."""
    if rings_again(call, priority):
        w.append(call_stream(call["id"]), "CallRungAgain", {"priority": min(priority, call["priority"])}, who)
