"""The courier: an order is done once, by the gateway that can; what came of it stands in the log."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from callcenter import courier as module
from callcenter.courier import Courier
from callcenter.orders import Orders
from callcenter.rules.events import Row
from callcenter.store.orders import OrderBook
from devices.signal import Order
from tests.conftest import Rehearsal

WATCH = "8800000015"


class Lines:
    """What a gateway's lines say to an order: ``handed`` to be set, ``told`` what was sent."""

    def __init__(self, handed: str = "sent"):
        self.handed = handed
        self.told: list[tuple[str, Order]] = []
        self.answer: Callable[[bool], None] = lambda taken: None

    def order(self, account: str, order: Order, answered: Callable[[bool], None]) -> str:
        if self.handed == "sent":
            self.told.append((account, order))
            self.answer = answered
        return self.handed


class Desk:
    def __init__(self, rehearsal: Rehearsal):
        self.rehearsal, self.book = rehearsal, OrderBook(rehearsal.database)
        self.orders = Orders(self.book, {"watches": frozenset({"locate", "find"})}, "0971-1")

    def asks(self, what: str = "locate", number: str = "") -> int:
        with self.rehearsal.log.writing() as w:
            return self.orders.ask(w, WATCH, what, number, "", self.rehearsal.operator)

    def gateway(self, lines: Lines) -> Courier:
        return Courier(self.rehearsal.log, self.book, lines.order, lambda: self.rehearsal.now)

    def recent(self) -> list[Row]:
        found: list[Row] = self.orders.on_card(WATCH, "watches")["recent"]
        return found

    def states(self) -> list[str]:
        return [order["state"] for order in self.recent()]


@pytest.fixture
def desk(rehearsal: Rehearsal) -> Desk:
    return Desk(rehearsal)


def test_an_order_is_handed_on_once_and_its_answer_written_down(desk: Desk) -> None:
    lines = Lines()
    courier = desk.gateway(lines)
    desk.asks("call", "0971123")
    courier.look()
    courier.look()
    assert lines.told == [(WATCH, Order("call", "0971123"))]
    assert desk.states() == ["told"]
    lines.answer(True)
    courier.look()
    courier.look()
    assert desk.states() == ["obeyed"]
    assert desk.recent()[0]["who"] == "李敏"
    assert not desk.rehearsal.verify().faults


def test_what_is_to_be_told_reaches_the_lines_word_for_word(desk: Desk) -> None:
    lines = Lines()
    with desk.rehearsal.log.writing() as w:
        desk.orders.tell(w, WATCH, "护理员已出发，约 8 分钟到", "", "notifier")
    courier = desk.gateway(lines)
    courier.look()
    courier.look()
    assert lines.told == [(WATCH, Order("tell", text="护理员已出发，约 8 分钟到"))]
    assert desk.states() == ["told"]


def test_a_device_that_refuses_cannot_or_stays_silent_is_said_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines()
    courier = desk.gateway(lines)
    desk.asks()
    courier.look()
    lines.answer(False)
    courier.look()
    lines.handed = "cannot"
    desk.asks()
    courier.look()
    lines.handed = "sent"
    monkeypatch.setattr(module, "ANSWER_SECONDS", -1.0)
    desk.asks()
    courier.look()
    courier.look()
    assert desk.states() == ["refused", "cannot", "no_answer"]


def test_one_that_is_not_there_may_still_come(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines("not_connected")
    courier = desk.gateway(lines)
    desk.asks()
    courier.look()
    assert desk.states() == ["asked"]
    lines.handed = "sent"
    courier.look()
    assert desk.states() == ["told"]
    lines.handed = "not_connected"
    monkeypatch.setattr(module, "COMING_SECONDS", -1.0)
    desk.asks()
    courier.look()
    assert desk.states() == ["told", "not_connected"]


def test_after_a_restart_an_old_order_is_not_sent_and_a_done_one_not_again(desk: Desk) -> None:
    before, after = Lines(), Lines()
    desk.asks()
    desk.gateway(before).look()
    desk.asks("find")
    desk.rehearsal.now += timedelta(seconds=61)
    desk.asks("find")
    desk.gateway(after).look()
    assert [order.what for _, order in before.told] == ["locate"]
    assert [order.what for _, order in after.told] == ["find"]
    assert desk.states() == ["told", "too_late", "told"]


def test_of_two_gateways_the_one_with_the_device_tells_it_and_the_other_keeps_quiet(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = Lines(), Lines("not_connected")
    one, other = desk.gateway(here), desk.gateway(elsewhere)
    desk.asks()
    other.look()
    one.look()
    monkeypatch.setattr(module, "COMING_SECONDS", -1.0)
    other.look()
    assert desk.states() == ["told"]
    assert len(here.told) == 1


def test_an_order_that_fails_in_our_own_hands_holds_up_no_other(desk: Desk) -> None:
    lines = Lines()

    def stumbles(account: str, order: Order, answered: Callable[[bool], None]) -> str:
        if order.what == "find":
            raise RuntimeError("a fault of ours")
        return lines.order(account, order, answered)

    courier = Courier(desk.rehearsal.log, desk.book, stumbles, lambda: desk.rehearsal.now)
    desk.asks("find")
    desk.asks("locate")
    courier.look()
    assert desk.states() == ["cannot", "told"]


def test_a_card_offers_what_the_protocol_of_the_line_can(desk: Desk) -> None:
    assert desk.orders.on_card(WATCH, "watches")["can"] == ["locate", "find"]
    assert desk.orders.on_card(WATCH, "panels")["can"] == []
