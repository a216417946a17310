"""Accounts: who may come in. Passwords are made here once, shown once, and kept only as argon2 hashes."""

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from callcenter.rules.access import ROLES, TOKEN_ROLES
from callcenter.rules.events import Row
from callcenter.store.log import Log
from callcenter.store.users import Users

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else on paper
SHORTEST, LONGEST_NAME = 10, 60
TOKEN_NAME = re.compile(r"[\w](?:[\w. -]{0,30}[\w.-])?")
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
HASHER = PasswordHasher()


class BadAccount(ValueError):
    """The account cannot be made as asked; the text says why and what to do."""


class Accounts:
    """``offload`` runs a slow C call where it does not hold up the other greenlets of a web process."""

    def __init__(self, log: Log, users: Users, offload: Callable[..., Any]):
        self.log, self.users, self.offload = log, users, offload

    def check(self, login: str, password: str) -> Row | None:
        """The user, or None when login or password is wrong or the account is closed."""
        user = self.users.by_login(login.strip().lower())
        right = self.offload(_verify, user["password_hash"] if user else "", password[:200])
        return user if user and right and user["active"] else None

    def knows(self, login: str) -> bool:
        return self.users.by_login(login.strip().lower()) is not None

    def add(
        self, login: str, name: str, role: str, *, password: str = "", carer_id: int | None = None,
        station_id: int | None = None, phone: str = "", by: str = "console",
    ) -> str:  # fmt: skip
        """Make an account, or give an existing login a new password. Returns the password, the only time it is seen."""
        login = login.strip().lower()
        if role not in ROLES:
            raise BadAccount(f"there is no role {role!r}; the roles are {', '.join(ROLES)}")
        if not LOGIN.fullmatch(login):
            raise BadAccount(
                "a log-in is 2 to 40 of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit"
            )
        if role == "carer" and carer_id is None:
            raise BadAccount("a carer's account needs the carer: give --carer CODE")
        if not 1 <= len(name.strip()) <= LONGEST_NAME:
            raise BadAccount(f"a name has 1 to {LONGEST_NAME} characters")
        if password and len(password) < SHORTEST:
            raise BadAccount(f"a password has at least {SHORTEST} characters")
        password = password or new_password()
        hashed = self.offload(HASHER.hash, password)
        existing = self.users.by_login(login)
        with self.log.writing() as w:
            row = {"name": name, "role": role, "password_hash": hashed, "carer_id": carer_id, "station_id": station_id,
                   "phone": phone}  # fmt: skip
            if existing:
                self.users.change(w.conn, existing["id"], **row, active=True)
            else:
                self.users.add(w.conn, {"login": login, **row})
            w.append("users", "UserChanged" if existing else "UserAdded", {"login": login, "role": role}, by)
        return password

    def add_token(self, name: str, role: str, by: str = "console") -> str:
        """Make a bearer token for another system, or give a name a new one and end the old. Returns it, this once."""
        if role not in TOKEN_ROLES:
            raise BadAccount(f"a token's role is one of {', '.join(TOKEN_ROLES)}")
        if not TOKEN_NAME.fullmatch(name):
            raise BadAccount("a token's name is 1 to 32 letters, digits, spaces, dots and dashes: who will use it")
        token = "anxin_" + secrets.token_urlsafe(32)
        with self.log.writing() as w:
            row = {"name": name, "digest": digest(token), "role": role, "created_at": w.at}
            self.users.put_token(w.conn, row)
            w.append("users", "TokenAdded", {"name": name, "role": role}, by)
        return token


def secret_key(data_dir: Path) -> bytes:
    """What signs the cookies: made at the first start, in a file only we may read."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / "secret.key"
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=data_dir)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another web process was faster: its key is ours
            os.link(fresh, path)
        Path(fresh).unlink()
    path.chmod(0o600)
    return path.read_bytes()


def new_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache  # made when first needed: at import it would cost every command half a second of both cores
def _nobodys() -> str:
    return HASHER.hash(secrets.token_hex(16))


def _verify(hashed: str, password: str) -> bool:
    """Without a hash, nobody's is verified, so that an unknown log-in takes as long as a wrong password."""
    try:
        return HASHER.verify(hashed or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
