"""pysiaalarm's asyncio server as a process: the same accounts and key, events counted in memory, nothing kept."""

import argparse
import asyncio
from typing import Any

from pysiaalarm.account import SIAAccount
from pysiaalarm.aio.client import SIAClient
from pysiaalarm.event import SIAEvent

from tests.bench.frames import ACCOUNTS, KEY


async def serve(plain: int, secret: int) -> None:
    async def heard(_event: SIAEvent) -> None:
        """pysiaalarm counts it itself."""

    make: Any = SIAClient  # its subclass for TCP comes out
    for port, key in ((plain, None), (secret, KEY)):
        await make("127.0.0.1", port, [SIAAccount(a, key) for a in ACCOUNTS], heard).async_start(backlog=1024)
    await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("plain", type=int)
    options.add_argument("secret", type=int)
    asked = options.parse_args()
    asyncio.run(serve(asked.plain, asked.secret))
