"""A telephone exchange for tests: speaks the manager interface of Asterisk over a real socket on loopback.

What it says was taken down from a real Asterisk 16.28; it can also do what a bad night
does to it: drop the line in the middle of a word, say everything twice, out of order, in small pieces, or nothing.
"""

import hashlib
import itertools
import random
import socket
import threading
import time
from collections.abc import Callable

Packet = dict[str, str]
GREETING = b"Asterisk Call Manager/5.0.4\r\n"
ANSWERS = {"answer": "ANSWER", "busy": "BUSY", "no_answer": "NOANSWER", "unreachable": "CHANUNAVAIL"}
CAUSE = {"answer": "16", "busy": "17", "no_answer": "19", "unreachable": "20"}


class FakeExchange:
    """``becomes`` says what dialled numbers do (``answer`` unless told otherwise); ``lifts``: do seats pick up?"""

    def __init__(self, user: str = "anxin", password: str = "bench-secret", port: int = 0):
        self.user, self.password = user, password
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = int(self._server.getsockname()[1])
        self.becomes: dict[str, str] = {}
        self.lifts = True
        self.frozen = self.twice = False
        self.pieces = 0  # at most so many bytes at once
        self.asked: list[Packet] = []
        self.logins = 0
        self.channels: dict[str, Packet] = {}  # uniqueid -> what CoreShowChannels says of it
        self._lines: list[socket.socket] = []
        self._in: list[socket.socket] = []  # logged in: hears events
        self._count = itertools.count(1)
        self._lock = threading.RLock()
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()

    # --- the field ------------------------------------------------------------------------------------------

    def ring(self, number: str, line: str = "5550000", seats: tuple[str, ...] = ("801", "802")) -> str:
        """Somebody rings from outside; the telephones of these seats ring. Returns the id of the call."""
        talk = f"{int(time.time())}.{next(self._count)}"
        with self._lock:
            self._channel(talk, talk, "PJSIP/trunk", "Ring", CallerIDNum=number, Context="from-trunk", Exten=line)
            for seat in seats:
                uid = f"{talk}-{seat}"
                self._channel(uid, talk, f"PJSIP/{seat}", "Down", Context="from-internal", Exten="s")
                self._tell("Newstate", uid, ChannelStateDesc="Ringing")
        return talk

    def answer(self, talk: str, seat: str) -> None:
        with self._lock:
            for uid in [u for u in self._legs(talk) if u not in (talk, f"{talk}-{seat}")]:
                self._gone(uid, "26")
            self._bridge(f"{talk}-{seat}", talk)

    def hang_up(self, talk: str) -> None:
        """Whoever is outside puts the telephone down."""
        with self._lock:
            legs = self._legs(talk)
            for uid in sorted(legs, key=lambda u: u == talk):
                self._gone(uid, "16")

    def hold(self, talk: str, held: bool = True) -> None:
        """With the key of the seat's own telephone."""
        uid = next(u for u in self._legs(talk) if "/80" in self.channels[u]["Channel"])
        self._tell("Hold" if held else "Unhold", uid)

    def record(self, talk: str, path: str) -> None:
        self._tell("VarSet", talk, Variable="MIXMONITOR_FILENAME", Value=path)

    def say(self, event: str, **fields: str) -> None:
        """Any event at all."""
        self._send({"Event": event, **fields})

    # --- a bad night ----------------------------------------------------------------------------------------

    def drop(self, half: bytes = b"Event: Newchannel\r\nChannel: PJSIP/tru") -> None:
        """The connection breaks in the middle of a word."""
        with self._lock:
            lines, self._lines, self._in = self._lines, [], []
        for line in lines:
            try:
                line.sendall(half)
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
            line.close()

    def close(self) -> None:
        """The whole exchange is away."""
        self._open = False
        self._server.close()
        self.drop(b"")

    # --- words ----------------------------------------------------------------------------------------------

    def _legs(self, talk: str) -> list[str]:
        return [uid for uid, one in self.channels.items() if one["Linkedid"] == talk]

    def _channel(self, uid: str, link: str, name: str, state: str, **more: str) -> None:
        number = next(self._count)
        self.channels[uid] = {"Channel": f"{name}-{number:08x}", "ChannelStateDesc": state, "CallerIDNum": "<unknown>",
                              "Uniqueid": uid, "Linkedid": link, "BridgeId": "", **more}  # fmt: skip
        self._tell("Newchannel", uid)

    def _tell(self, event: str, uid: str, **more: str) -> None:
        if uid in self.channels:
            self._send({"Event": event, "Privilege": "call,all", **self.channels[uid], **more})

    def _bridge(self, *uids: str) -> None:
        name = f"bridge-{next(self._count)}"
        for uid in uids:
            self.channels[uid] |= {"BridgeId": name, "ChannelStateDesc": "Up"}
            self._tell("BridgeEnter", uid, BridgeUniqueid=name, BridgeType="basic")

    def _gone(self, uid: str, cause: str) -> None:
        self._tell("Hangup", uid, Cause=cause)
        self.channels.pop(uid, None)

    def _send(self, packet: Packet) -> None:
        text = "".join(f"{name}: {value}\r\n" for name, value in packet.items()) + "\r\n"
        with self._lock:
            for line in list(self._in):
                self._write(line, text.encode() * (2 if self.twice and "Event" in packet else 1))

    def _write(self, line: socket.socket, data: bytes) -> None:
        try:
            while data:
                size = random.randint(1, self.pieces) if self.pieces else len(data)
                line.sendall(data[:size])
                data = data[size:]
        except OSError:
            return

    # --- the other side -------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while self._open:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        self._write(line, GREETING)
        challenge, rest = str(random.randint(10**7, 10**8)), b""
        while self._open:
            try:
                data = line.recv(65536)
            except OSError:
                return
            if not data:
                return
            *whole, rest = (rest + data).split(b"\r\n\r\n")
            for text in whole:
                action = dict(one.split(": ", 1) for one in text.decode().split("\r\n"))
                if not self.frozen:
                    self._act(line, action, challenge)

    def _act(self, line: socket.socket, action: Packet, challenge: str) -> None:
        kinds: dict[str, Callable[[Packet], str]] = {
            "Originate": self._originate, "Redirect": self._redirect, "Bridge": self._bridged, "Hangup": self._hang_up,
        }  # fmt: skip
        name, failed, more = action["Action"], "", {}
        if name == "Challenge":
            more = {"Challenge": challenge}
        elif name == "Login":
            right = hashlib.md5((challenge + self.password).encode()).hexdigest()
            failed = "" if (action["Username"], action["Key"]) == (self.user, right) else "Authentication failed"
        elif name in kinds:
            self.asked.append(action)
            failed = kinds[name](action)
        said = {"Response": "Error" if failed else "Success", "ActionID": action["ActionID"], "Message": failed or "ok"}
        with self._lock:
            self._write(line, ("".join(f"{n}: {v}\r\n" for n, v in (said | more).items()) + "\r\n").encode())
            if name == "Login" and not failed:
                self.logins += 1
                self._in.append(line)
            if name == "CoreShowChannels":
                for one in list(self.channels.values()):
                    self._send({"Event": "CoreShowChannel", "ActionID": action["ActionID"], **one})
                self._send({"Event": "CoreShowChannelsComplete", "ActionID": action["ActionID"]})
        if name == "Originate" and not failed:
            threading.Thread(target=self._dial, args=(action,), daemon=True).start()

    def _originate(self, action: Packet) -> str:
        return "" if action.get("ChannelId") else "no ChannelId"

    def _redirect(self, action: Packet) -> str:
        there = {one["Channel"] for one in self.channels.values()}
        return "" if {action["Channel"], action.get("ExtraChannel", action["Channel"])} <= there else "no such channel"

    def _bridged(self, action: Packet) -> str:
        there = {one["Channel"] for one in self.channels.values()}
        return "" if {action["Channel1"], action["Channel2"]} <= there else "Channel does not exist"

    def _hang_up(self, action: Packet) -> str:
        with self._lock:
            found = next((u for u, one in self.channels.items() if one["Channel"] == action["Channel"]), None)
            if found is None:
                return "No such channel"
            link = self.channels[found]["Linkedid"]
            self._gone(found, "16")
            for uid in self._legs(link):
                self._gone(uid, "16")
        return ""

    def _dial(self, action: Packet) -> None:
        """The seat's telephone first, then the number; a third party goes into its room as soon as it answers."""
        uid, number = action["ChannelId"], action.get("CallerID", "")
        fate, seat = self.becomes.get(number, "answer"), action["Channel"].split("@")[0]
        third = action["Channel"].startswith("Local/")
        with self._lock:
            self._channel(uid, uid, seat, "Down", Context=action["Context"], Exten="s")
            fails = (fate if third else "answer") if self.lifts else "no_answer"
            if fails != "answer":
                reason = {"busy": "5", "no_answer": "3"}.get(fails, "0")
                self._send({"Event": "OriginateResponse", "ActionID": action["ActionID"], "Response": "Failure",
                            "Reason": reason, "Uniqueid": uid})  # fmt: skip
                return self._gone(uid, "0")
            self._tell("Newstate", uid, ChannelStateDesc="Up")
            self._send({"Event": "OriginateResponse", "ActionID": action["ActionID"], "Response": "Success",
                        "Reason": "4", "Uniqueid": uid})  # fmt: skip
            if not third:
                self._reach(uid, f"{uid}~out", fate)
        return None

    def _reach(self, uid: str, far: str, fate: str) -> None:
        self._channel(far, uid, "PJSIP/trunk", "Down", Context="from-trunk", Exten="s")
        if fate == "ring":
            return
        self._tell("DialEnd", uid, DestChannel=self.channels[far]["Channel"], DestUniqueid=far,
                   DialStatus=ANSWERS[fate])  # fmt: skip
        if fate == "answer":
            self._bridge(far, uid)
        else:
            self._gone(far, CAUSE[fate])
            self._gone(uid, CAUSE[fate])

    def pick_up(self, talk: str) -> None:
        """A number that only rang (``becomes[number] = "ring"``) is answered now."""
        with self._lock:
            self._tell("DialEnd", talk, DestChannel=self.channels[f"{talk}~out"]["Channel"], DialStatus="ANSWER")
            self._bridge(f"{talk}~out", talk)
