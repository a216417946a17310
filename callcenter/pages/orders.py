"""/api/v1/devices/ACCOUNT/orders: asking a device where it is, to ring a number, to make itself heard."""

import hashlib
import re
from typing import Annotated, Literal

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.orders import Orders
from callcenter.pages import forms
from callcenter.pages.guard import need
from callcenter.rules.access import HANDLE

LONGEST_ACCOUNT = 32
NUMBER = re.compile(r"\+?[0-9]{3,19}")


class Asked(forms.Form):
    """``number`` only where the device is to ring one; ``call`` is the case it belongs to."""

    what: Literal["locate", "call", "find"]
    key: str
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    call: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""


def orders(commands: Commands, orders_: Orders) -> Blueprint:
    routes = Blueprint("orders", __name__)

    @routes.post("/devices/<account>/orders")
    @need(HANDLE)
    def ask(account: str) -> ResponseReturnValue:
        account, asked = forms.cleaned(account), forms.read(Asked)
        if not 0 < len(account) <= LONGEST_ACCOUNT:
            raise BadCommand("account", "this is no account", "send the account of the device, 1 to 32 characters")
        if asked.what == "call" and not NUMBER.fullmatch(asked.number):
            raise BadCommand("number", "this is no telephone number", "send 3 to 19 digits, with + in front at most")
        number = asked.number if asked.what == "call" else ""
        same = "\n".join((account, asked.what, number, asked.call)).encode()
        name = f"order {hashlib.blake2b(same, digest_size=16).hexdigest()}"
        done = commands.once(name, asked.key, current_user, lambda w: {
            "order": orders_.ask(w, account, asked.what, number, asked.call, current_user)})  # fmt: skip
        return jsonify(order=done.result["order"], seq=done.result["seq"]), 202

    return routes
