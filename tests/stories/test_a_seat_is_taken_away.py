"""Whoever loses their account loses their seat at once; everybody else is back before they notice."""

from pathlib import Path

import pytest
import socketio

from tests.house import House, house, until


def seat(centre: House, cookie: str) -> socketio.Client:
    """A console's socket. It does not dial again by itself, as the page does, so that the test can see who may."""
    made = socketio.Client(reconnection=False)
    made.connect(centre.address, headers={"Cookie": cookie}, transports=["websocket"], wait_timeout=10)
    return made


def cookie(centre: House, login: str, password: str) -> str:
    return "; ".join(f"{c.name}={c.value}" for c in centre.log_in(login, password).cookies)


@pytest.mark.parametrize("district", ["sqlite"], indirect=True)
def test_a_new_password_ends_the_seats_of_the_old_one(district: str, tmp_path: Path) -> None:
    with house(tmp_path, district) as centre:
        passwords = {login: centre.add_user(login, "operator") for login in ("limin", "wangqiang")}
        centre.start("web")
        until(lambda: centre.get("/healthz"), 30)
        cookies = [cookie(centre, login, password) for login, password in passwords.items()]
        seats = [seat(centre, each) for each in cookies]
        centre.add_user("limin", "operator")
        until(lambda: not any(one.connected for one in seats))
        again = seat(centre, cookies[1])
        assert again.connected
        again.disconnect()
        with pytest.raises(socketio.exceptions.ConnectionError):
            seat(centre, cookies[0])
