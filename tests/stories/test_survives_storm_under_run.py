"""A gateway frozen for good in the middle of a storm: ``run`` ends it, starts another, and nothing is lost by that."""

import os
import shutil
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.house import house
from tests.stories.storm import ROUNDS, Sent, Storm, account_for

pytestmark = pytest.mark.timeout(180 + 120 * ROUNDS)


def test_a_gateway_frozen_for_good_is_ended_and_replaced_by_run(sqlite_district: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    sent = Sent()
    with house(tmp_path, f"sqlite:///{tmp_path / 'anxin.db'}") as centre:
        centre.start("run", env={"ANXIN_SERVER__FROZEN_AFTER_SECONDS": "10"})
        centre.ready()
        for number in range(ROUNDS):
            gateway = centre.children("run")["gateway"]
            storm = Storm(sent, number, centre.tcp_port, patience=2.0)
            storm.start()
            storm.when(300, partial(os.kill, gateway, signal.SIGSTOP))
            storm.blow_over()
            assert centre.children("run")["gateway"] != gateway
            storm.tell(account_for(centre.url, sent))
        assert centre.said("run").count("gateway has not answered for 10 s") >= ROUNDS
