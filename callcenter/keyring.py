"""The keyring: which AES key an account uses. Codecs ask often, so it lies in memory and is read anew now and then."""

from callcenter.store.cases import Cases


class Keyring:
    """Call it with an account: the key, or None. ``refresh`` reads the devices again."""

    def __init__(self, cases: Cases):
        self.cases = cases
        self._keys: dict[str, bytes] = {}

    def __call__(self, account: str) -> bytes | None:
        return self._keys.get(account)

    def refresh(self) -> None:
        self._keys = {account: bytes.fromhex(key) for account, key in self.cases.device_keys()}
