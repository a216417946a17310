"""What the gateway remembers of the store between two transactions, and how it notices that others have written.

Whose pager, which calls are open, how far a stream has come, which frames came lately: asking the store costs more than
writing what a press causes. All of it changes only by facts of the log and frames of the journal, so one look at how
far both have come, inside the transaction that holds the store's lock, says whether anybody else has written; what
they wrote about is forgotten and asked again. What a failed transaction wrote is never learnt.
"""

from collections.abc import Iterable, Mapping, Sequence

from callcenter.rules.call import CLOSED
from callcenter.rules.events import Row
from callcenter.rules.times import later
from callcenter.store import arrivals
from callcenter.store.arrivals import Seen
from callcenter.store.cases import Cases
from callcenter.store.log import Head, Writing
from callcenter.store.people import People

MOST = 20_000  # of each; beyond it everything is forgotten and asked again
MOST_FRAMES = 100_000  # a minute of the fiercest flood, 30 MB; older ones are looked up in the journal
SLACK_SECONDS = 30.0  # frames are remembered so much longer: one may have waited while newer ones were kept
FOREIGN = 1_000  # events of others that are read one by one; after more, everything is forgotten


class Memory:
    """Belongs to one writer thread; a new one for each transaction asks the store everything.

    ``moments`` is no memory but a note to its owner: when the devices heard meanwhile were last heard, pressed and
    tested, which is written down later, together (account -> columns of its row).
    """

    def __init__(self, cases: Cases, people: People):
        self.cases, self.people = cases, people
        self.moments: dict[str, Row] = {}
        self.forget()

    def forget(self) -> None:
        self._seq = self._frame = -1  # how far the log and the journal had come when this was last true
        self._owners: dict[str, Row | None] = {}  # account -> whose
        self._calls: dict[str, dict[str, Row]] = {}  # home:… or account:… -> its open and late calls by id
        self._where: dict[str, str] = {}  # call -> the key it stands under in ``_calls``
        self._heads: dict[str, Head] = {}
        self._seen: dict[bytes, Seen] = {}  # raised frames by what they say, the newest last
        self._seen_since = ""  # every frame after this moment is among them; "" none yet
        self._numbers: tuple[str, int] = ("", 0)  # a day and its last call

    # --- before: is it still true? --------------------------------------------------------------------------

    def catch_up(self, w: Writing) -> int:
        """Forget what others have written about. Returns the id of the journal's last frame."""
        seq, frame = arrivals.newest(w.conn)
        w.follows(seq)
        if seq != self._seq:
            self._unlearn(w, seq)
            self._seq = seq
        if frame != self._frame:
            self._read_frames(w, frame)
            self._frame = frame
        if max(len(self._owners), len(self._calls), len(self._where), len(self._heads)) > MOST:
            self.forget()
            return self.catch_up(w)
        return frame

    def _unlearn(self, w: Writing, seq: int) -> None:
        if not 0 <= self._seq < seq <= self._seq + FOREIGN:
            self.forget()
            return
        self._numbers = ("", 0)
        opened = []
        for stream, anew in arrivals.streams_after(w.conn, self._seq):
            self._heads.pop(stream, None)
            what, _, name = stream.partition(":")
            if what == "call":
                self._calls.pop(self._where.pop(name, ""), None)
                opened += [name] * anew
            elif what == "device":
                self._owners.pop(name, None)
            elif what == "people":
                self._owners.clear()
                self._calls.clear()
        for row in arrivals.calls_in(w.conn, opened):  # under a key that may be known to have none
            self._calls.pop(whose(row["home_id"], row["account"]), None)

    def _read_frames(self, w: Writing, frame: int) -> None:
        """Frames of other gateways. At the beginning none are read: ``seen`` asks for what came before."""
        if 0 <= self._frame < frame <= self._frame + FOREIGN:
            self._seen |= arrivals.frames_between(w.conn, self._frame, frame)
        else:
            self._seen, self._seen_since = {}, w.at

    # --- asking ---------------------------------------------------------------------------------------------

    def owners(self, w: Writing, accounts: Iterable[str]) -> dict[str, Row]:
        missing = [account for account in accounts if account not in self._owners]
        if missing:
            self._owners |= dict.fromkeys(missing) | self.people.devices_by_account(w.conn, missing)
        return {account: row for account in accounts if (row := self._owners[account])}

    def around(self, w: Writing, homes: Sequence[int], strangers: Sequence[str], closed_after: str) -> list[Row]:
        """As ``Cases.around``; the rows and the heads of their streams are known to ``w`` afterwards."""
        of_homes = {whose(home, ""): home for home in homes}
        of_strangers = {whose(None, account): account for account in strangers}
        new_homes = [key for key in of_homes if key not in self._calls]
        new_strangers = [key for key in of_strangers if key not in self._calls]
        if new_homes or new_strangers:
            asked = [of_homes[key] for key in new_homes], [of_strangers[key] for key in new_strangers]
            found = self.cases.around(w.conn, *asked, closed_after)
            self._calls |= {key: {} for key in (*new_homes, *new_strangers)}
            for row in found:
                self._place(row)
        rows = [row for key in (*of_homes, *of_strangers) for row in self._calls[key].values()]
        return [row for row in rows if row["stage"] != CLOSED or row["closed_at"] > closed_after]

    def heads(self, w: Writing, names: Iterable[str]) -> None:
        names = list(names)
        w.know_heads({name: self._heads[name] for name in names if name in self._heads})
        w.heads(names)

    def last_number(self, w: Writing, day: str) -> int:
        """The number of the day's last call: of all that were opened before this transaction."""
        if self._numbers[0] != day:
            self._numbers = (day, self.cases.last_number(w.conn, day))
        return self._numbers[1]

    def seen(self, w: Writing, digests: Sequence[bytes], since: str, until: str) -> dict[bytes, Seen]:
        """As ``arrivals.frames_seen``."""
        known = {digest: self._seen[digest] for digest in digests if digest in self._seen}
        missing = [digest for digest in digests if digest not in known] if self._seen_since >= since else []
        return known | arrivals.frames_seen(w.conn, missing, since, until) if missing else known

    # --- after the commit -----------------------------------------------------------------------------------

    def learn(self, w: Writing, frame: int, raised: Mapping[bytes, Seen], since: str) -> None:
        """What this transaction has made true: its facts, and its frames up to ``frame``. Frames from before ``since``
        are past repeating."""
        self._seq += len(w.appended)
        self._frame = frame
        for row in w.changed("calls"):
            self._place(row)
        for event in w.appended:
            if event.kind == "CallOpened":
                self._numbers = (event.body["day"], event.body["number"])
        self._heads |= w.heads_after()
        for digest, seen in raised.items():
            self._seen.pop(digest, None)  # the newest stand last
            self._seen[digest] = seen
        self._drop_frames(later(since, -SLACK_SECONDS))

    def _place(self, row: Row) -> None:
        key = whose(row["home_id"], row["account"])
        if (calls := self._calls.get(key)) is not None:
            calls[row["id"]] = row
            self._where[row["id"]] = key

    def _drop_frames(self, since: str) -> None:
        """Whatever goes is remembered to have gone: a repeat of it must be looked for in the journal."""
        old: list[bytes] = []
        for digest, (_, at, kept) in self._seen.items():
            if kept >= since and len(self._seen) - len(old) <= MOST_FRAMES:
                break
            old.append(digest)
            self._seen_since = max(self._seen_since, at)
        for digest in old:
            del self._seen[digest]


def whose(home_id: int | None, account: str) -> str:
    """One key for a home, or for an account that belongs to none."""
    return f"account:{account}" if home_id is None else f"home:{home_id}"
