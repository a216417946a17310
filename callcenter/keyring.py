"""The keyring: which AES key an account uses. Codecs ask often, so it lies in memory and is read anew now and then."""

import structlog

from callcenter.store.cases import Cases

log = structlog.get_logger("gateway")


class Keyring:
    """Call it with an account: the key, or None. ``refresh`` reads the devices again."""

    def __init__(self, cases: Cases):
        self.cases = cases
        self._keys: dict[str, bytes] = {}

    def __call__(self, account: str) -> bytes | None:
        return self._keys.get(account)

    def refresh(self) -> None:
        keys: dict[str, bytes] = {}
        for account, written in self.cases.device_keys():
            try:
                keys[account] = bytes.fromhex(written)
            except ValueError:  # one bad key must not keep the gateway from hearing all the others
                log.error("the key of a device is no hex, its encrypted frames cannot be read", account=account)
        self._keys = keys
