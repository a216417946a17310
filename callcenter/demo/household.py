"""Who lives in a demo home: one elder or a couple, their contacts in order, and what a carer must know of health."""

from datetime import date, timedelta
from random import Random
from typing import Any

from callcenter.demo.names import elder, younger
from callcenter.rules.pinyin import pinyin
from callcenter.rules.register import Record

NOTES = {  # the key in xining.json → what may be written, and whether it is shown in red
    "hypertension": (("高血压", False), ("高血压，长期服药", False)),
    "heart": (("冠心病，支架术后", True), ("心律不齐，服华法林，易出血", True), ("冠心病", False)),
    "diabetes": (("糖尿病，注射胰岛素", True), ("糖尿病，口服药", False)),
    "copd": (("慢阻肺，家中吸氧", True), ("慢性支气管炎", False)),
    "stroke": (("脑梗后遗症，右侧偏瘫", True), ("脑梗病史，言语不清", True)),
    "arthritis": (("膝关节炎，起身困难", False), ("腰腿痛，用助行器", False)),
    "dementia": (("认知障碍，曾走失", True), ("记忆力差，重复说明", False)),
}
OTHERS = (("听力差，需大声", False), ("白内障，视力差", False), ("青霉素过敏", True), ("近一年跌倒两次", True))
WINDOWS = ("", "", "", "18:00-22:00", "08:00-12:00,14:00-22:00", "07:00-23:00", "19:00-08:00")
ODDS_OF_DESCENT = (("Han", 0.857), ("Hui", 0.094), ("Tibetan", 0.033), ("Tu", 0.016))


def residents_of(dice: Random, home: str, kind: str, elders: dict[str, Any], today: date) -> dict[str, list[Record]]:
    """``kind`` is alone | spouse | family (one resident of ours) or couple (two). Rows by sheet."""
    (descent,) = dice.choices([name for name, _ in ODDS_OF_DESCENT], [share for _, share in ODDS_OF_DESCENT])
    found: dict[str, list[Record]] = {"residents": [], "contacts": [], "health": []}
    first = "F" if dice.random() < elders["female"] else "M"
    for number, sex in enumerate([first, "M" if first == "F" else "F"][: 2 if kind == "couple" else 1], start=1):
        person = _resident(dice, f"R{home[1:]}{'ab'[number - 1]}", home, sex, descent, elders, today)
        person["lives_alone"] = kind == "alone"
        found["residents"].append(person)
        found["contacts"] += _contacts(dice, person, descent, kind)
        found["health"] += _health(dice, person["code"], elders["chronic"])
    return found


def _resident(
    dice: Random, code: str, home: str, sex: str, descent: str, elders: dict[str, Any], today: date
) -> Record:
    name = elder(dice, descent, sex)
    return {
        "code": code,
        "home": home,
        "name": name,
        "pinyin": pinyin(name),
        "sex": sex,
        "born": _born(dice, elders["age_bands"], today),
        "phone": f"000-52{code[1:5]}{'ab'.index(code[5])}" if dice.random() < 0.8 else "",
        "language": _language(dice, descent),
        "tier": dice.choices("ABC", (2, 28, 70))[0],
        "diet": "halal" if descent == "Hui" else dice.choices(["", "diabetic", "soft"], (88, 8, 4))[0],
        "carer_sex": sex if dice.random() < elders["same_gender_care_required"] else "",
    }


def _born(dice: Random, bands: list[dict[str, Any]], today: date) -> str:
    (band,) = dice.choices(bands, [band["p"] for band in bands])
    days = dice.randint(int(band["lo"] * 365.25) + 1, int((band["hi"] + 1) * 365.25) - 2)
    born = (today - timedelta(days=days)).isoformat()
    return born[:4] if dice.random() < 0.1 else born


def _language(dice: Random, descent: str) -> str:
    if descent == "Tibetan" and dice.random() < 0.65:
        return "bo"
    if descent == "Tu" and dice.random() < 0.35:
        return "mjg"
    return "qinghai" if dice.random() < 0.6 else "zh"


def _contacts(dice: Random, person: Record, descent: str, kind: str) -> list[Record]:
    family = "" if descent == "Tibetan" else person["name"][0]
    relations = [("儿子", "M"), ("女儿", "F"), ("儿媳", "F"), ("侄子", "M"), ("邻居", "F"), ("孙子", "M")]
    rows = []
    for rank, (relation, sex) in enumerate(dice.sample(relations, dice.choices((1, 2, 3), (25, 45, 30))[0]), start=1):
        own = family if relation in ("儿子", "女儿", "侄子", "孙子") and person["sex"] == "M" else ""
        near = relation == "邻居" or (kind == "family" and rank == 1)
        rows.append(
            {
                "resident": person["code"],
                "rank": rank,
                "name": younger(dice, descent, sex, own),
                "relation": relation,
                "phone": f"000-53{person['code'][1:5]}{'ab'.index(person['code'][5])}{rank}",
                "reachable": dice.choice(WINDOWS),
                "minutes_away": dice.randint(1, 5) if near else dice.choice([10, 15, 20, 30, 45, 60, 120]),
                "has_key": near or dice.random() < 0.4,
                "wants_notices": False,  # nobody of an invented family has been asked
            }
        )
    return rows


def _health(dice: Random, code: str, odds: dict[str, float]) -> list[Record]:
    notes = [dice.choice(NOTES[illness]) for illness, share in odds.items() if dice.random() < share]
    if dice.random() < 0.3:
        notes.append(dice.choice(OTHERS))
    return [{"resident": code, "text": text, "critical": critical} for text, critical in notes]
