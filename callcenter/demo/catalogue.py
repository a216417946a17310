"""The demo's catalogue of services: the kinds that day-care centres of the district offer, with invented prices."""

from typing import Any

from callcenter.rules.register import Record

DONE = ["service_done", "refused", "other"]
# code, 名称, English, minutes, skills, carers, interruptible, 元, subsidy, within hours
SERVICES: tuple[tuple[Any, ...], ...] = (
    ("meal", "助餐", "Meal at home", 20, [], 1, True, 15, 8, 24),
    ("feeding", "喂餐", "Help with eating", 40, ["nursing"], 1, False, 30, 20, 24),
    ("clean", "助洁", "Cleaning and laundry", 90, [], 1, True, 40, 20, 72),
    ("bath", "助浴", "Bathing at home", 60, ["bath"], 1, False, 60, 40, 72),
    ("lift", "搬扶翻身", "Lifting and turning", 30, ["lift"], 2, False, 30, 30, 24),
    ("medical", "助医", "To the hospital and back", 180, ["first_aid"], 1, False, 80, 40, 48),
    ("outing", "助行", "Outing with company", 90, [], 1, True, 30, 15, 72),
    ("errand", "助购", "Shopping", 45, [], 1, True, 15, 10, 24),
    ("paperwork", "代办", "Paperwork and booking", 60, [], 1, True, 20, 20, 72),
    ("repair", "家电维修", "Small repairs", 60, ["technician"], 1, True, 50, 0, 72),
    ("company", "助聊", "Company", 45, [], 1, True, 0, 0, 72),
    ("rehab", "康复护理", "Nursing and exercises", 60, ["nursing"], 1, True, 70, 50, 48),
    ("urgent", "助急", "Help at short notice", 45, ["first_aid"], 1, True, 0, 0, 4),
)
COLUMNS = ("code", "name", "name_en", "minutes", "skills", "carers", "interruptible", "price", "subsidy",
           "within_hours")  # fmt: skip


def services() -> list[Record]:
    return [dict(zip(COLUMNS, row, strict=True)) | {"outcomes": DONE, "active": True} for row in SERVICES]
