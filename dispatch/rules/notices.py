"""Who is told what, in which words and by which channels one after the other: the tables of the notifier."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from callcenter.rules.call import CLOSED, WAITING
from callcenter.rules.events import Row
from dispatch.rules import visit as life

# --- who, and what -----------------------------------------------------------------------------------------------


class Tell(NamedTuple):
    """``audience`` hears ``words`` by the channels of ``order``; ``group``: robots of a chat group hear it too."""

    audience: str
    order: str
    words: str
    group: bool = False


# Only the case number leaves the house: channels may be read by others (personal data, PIPL).
TELLS: Mapping[str, tuple[Tell, ...]] = {
    "VisitOffered": (Tell("carer", "usual", "新任务 {call}，请打开手机页面接单", True),),
    "OfferWithdrawn": (Tell("carer", "once", "任务 {call} {reason}"),),
    "VisitCancelled": (Tell("carer", "usual", "任务 {call} 已取消"),),
    "VisitRedirected": (Tell("carer", "usual", "任务 {call} 的地址变了，请看手机页面"),),
    "VisitInterrupted": (Tell("carer", "usual", "任务 {call} 先停下，有更急的任务，请看手机页面"),),
    "HelpAsked": (Tell("to", "usual", "呼叫 {call} 需要您协助，请立即回复", True),),
    "CallOverflowed": (Tell("to", "usual", "呼叫 {call} 一直无人接听，请立即处理", True),),
    "CallIdle": (Tell("to", "urgent", "呼叫 {call} 已接起，但 {minutes} 分钟无人处理，请立即查看"),),
    "SeatLost": (Tell("to", "urgent", "有坐席断线，呼叫退回待接，请安排接听"),),
    "SeatOnBreak": (Tell("to", "urgent", "有坐席离席，呼叫退回待接，请安排接听"),),
    "SeatSignedOff": (Tell("to", "urgent", "有坐席签退，呼叫退回待接，请安排接听"),),
    "NobodyListens": (Tell("supervisor", "urgent", "没有坐席在听：呼叫会响，但无人听见，请立即安排", True),),
    "FloodBegan": (Tell("supervisor", "usual", "有坐席十分钟内呼叫过多，请增援"),),
    "CarerPrealerted": (Tell("carer", "once", "可能有紧急任务 {call}，请准备出发"),),
    "CarerInDoubt": (Tell("carer", "voice-first", "任务 {call}：{reason}，请立即看手机页面并回复"),),
    "NobodyLeft": (Tell("supervisor", "urgent", "呼叫 {call} 无人可派，请立即处理", True),),
    "LineWentSilent": (Tell("supervisor", "urgent", "设备线路 {line} 无信号，请检查接收机和线缆", True),),
    "DrillFailed": (Tell("supervisor", "urgent", "每日自检失败，按键可能收不到，请立即检查", True),),
    "IncidentBegan": (Tell("supervisor", "urgent", "多户同时失联或停电，见 {call}", True),),
    "VisitAccepted": (
        Tell("resident", "resident", ""),
        Tell("family", "family", "您家人的呼叫 {call}：护理员已接单，{coming}"),
    ),
    "CarerDeparted": (Tell("resident", "unit", ""),),
    "CarerArrived": (Tell("family", "family", "您家人的呼叫 {call}：护理员已到达"),),
    "CallClosed": (Tell("family", "family", "您家人的呼叫 {call} 已处理完毕"),),
    "LadderHasGaps": (Tell("supervisor", "usual", "呼叫 {call}：派单梯次中有环节无人，请补上"),),
    "SurgeBegan": (Tell("supervisor", "urgent", "呼叫激增，紧急优先，请立即到岗", True),),
    "ClockReturned": (Tell("supervisor", "urgent", "中心计时曾中断，请查看逾期未处理的呼叫"),),
    "ClockSetBack": (Tell("supervisor", "usual", "中心机器的时钟被拨回，请核对时间"),),
    "BookingReminded": (Tell("carer", "usual", "您有预约上门服务，请看手机页面的日程"),),
    # Whatever else wants somebody told: the event itself says whom (``to``), in which words, and how urgent it is.
    "NoticeAsked": (Tell("to", "usual", "{words}"),),
}
# Why an offer is taken back, or a carer on the way is asked; a reason without words of its own says the first.
REASONS: Mapping[str, str] = {
    "": "不用去了",
    "accepted": "已有人接单，不用去了",
    "more_urgent": "先不用去，有更急的任务",
    "cancelled": "已取消，不用去了",
    "not_left": "还没有出发",
    "overdue": "应该已经到了",
    "silent": "手机没有信号",
    "not_moving": "没有移动",
    "slower": "会晚很多",
}
FIRST_CONTACTS = 2  # of each resident, those who wish to hear
# Facts that come again and again while they last: not told anew to the same person within so many seconds.
AGAIN_AFTER: Mapping[str, float] = {"NobodyLeft": 600.0, "HelpAsked": 180.0, "LadderHasGaps": 600.0}
# What belongs to no call is as urgent as this; a reminder can wait for the quiet hours to end.
OWN_PRIORITY: Mapping[str, int] = {"BookingReminded": 3}
# Alarms of our own plumbing have no priority; they are as urgent as this.
PLUMBING = 2


def coming(eta_seconds: float | None) -> str:
    """``约 8 分钟到``; without an estimate, only that somebody comes."""
    return f"约 {max(1, math.ceil(eta_seconds / 60))} 分钟到" if eta_seconds else "请稍候"


# --- by which channels -------------------------------------------------------------------------------------------

SILENT = frozenset({"screen", "log"})  # nobody's phone makes a noise: never held back, and never enough
ON_SCREEN = frozenset({"carer", "supervisor", "head"})  # who has a page of ours open
GROUPS = frozenset({"robot", "mail"})  # they write to an address of their own, not to a number
PERSONAL = ("sms", "voice")  # they need somebody's number
CONFIGURED = (*PERSONAL, "robot", "mail")
SENT, DELIVERED, READ = 1, 2, 3


class Order(NamedTuple):
    """``steps`` of kinds tried together, one step after the other, until the message has come as far as ``enough``."""

    steps: tuple[tuple[str, ...], ...]
    enough: int


ORDERS: Mapping[str, Order] = {
    "urgent": Order((("screen", "log", "webpush", "sms"), ("voice",), ("voice",)), READ),
    "voice-first": Order((("screen", "log", "webpush", "voice"), ("sms",), ("voice",)), READ),
    "usual": Order((("screen", "log"), ("webpush",), ("sms",), ("voice",)), DELIVERED),
    "once": Order((("screen", "log", "webpush", "sms"), ("voice",)), SENT),
    "resident": Order((("unit",), ("voice",), ("operator",)), SENT),
    "unit": Order((("unit",),), SENT),
    "family": Order((("sms",), ("voice",)), SENT),
    "robot": Order((("robot",),), SENT),
    "mail": Order((("mail",),), SENT),
}


def order_for(order: str, priority: int, first: str = "") -> str:
    """The most urgent use everything at once; a step of the ladder may name the channel it begins with."""
    if order != "usual":
        return order
    if first == "voice":
        return "voice-first"
    return "urgent" if priority == 1 or first == "sms" else "usual"


# --- is it still true --------------------------------------------------------------------------------------------


def wanted(kind: str, carer: str, visit: Row | None, call: Row | None) -> bool:
    """Is what was to be said still so? Nobody is woken for an offer that has gone to somebody else.

    ``carer`` is the number of the one who is told, empty for a group.
    """
    if kind == "VisitOffered":
        open_ = [str(a["carer_id"]) for a in visit["asked"] if a["result"] == "offered"] if visit else []
        return carer in open_ if carer else bool(open_)
    if kind == "HelpAsked":
        if visit is None:  # an operator asks, whoever is on the way already
            return call is not None and call["stage"] != CLOSED
        return visit["stage"] in (life.REQUESTED, life.OFFERED)
    if kind == "CarerPrealerted":
        return call is not None and call["requested_at"] is None
    if kind == "CallOverflowed":
        return call is not None and call["stage"] == WAITING
    if kind == "CallIdle":
        return call is not None and call["idle"] > 0 and call["stage"] != CLOSED
    if kind == "CarerInDoubt":
        return visit is not None and visit["stage"] in (life.ACCEPTED, life.ON_THE_WAY)
    if kind == "NobodyLeft":
        return call is not None and bool(call["nobody_left"])
    if kind in ("VisitAccepted", "CarerDeparted"):
        return visit is None or (visit["ended_at"] is None and visit["arrived_at"] is None)
    return True
