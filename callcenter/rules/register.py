"""The sheets of the people workbook: their columns, what names a row, and what every row must keep to.

One table serves the import, the export, the template with its explanations, and the headings on the page.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.rules.cells import Field, Unreadable
from callcenter.rules.pinyin import pinyin
from callcenter.rules.times import seconds_between
from devices.codecs.datum import TO_WGS84
from devices.signal import Kind

Record = dict[str, Any]
Key = tuple[Any, ...]

SEX = {"F": ("女", "f", "female"), "M": ("男", "m", "male")}
TIER = {"A": ("A", "高", "一级"), "B": ("B", "中", "二级"), "C": ("C", "低", "三级")}
POST = {"A": ("A", "主班"), "B": ("B", "副班")}
LANGUAGES = {
    "zh": ("普通话", "汉语", "mandarin"),
    "qinghai": ("青海话", "西宁话", "方言"),
    "bo": ("藏语", "安多藏语", "tibetan"),
    "mjg": ("土族语", "土语", "tu"),
    "slr": ("撒拉语", "salar"),
    "en": ("英语", "english"),
}
DIET = {"halal": ("清真",), "diabetic": ("糖尿病餐",), "soft": ("软食", "流食"), "vegetarian": ("素食",)}
SKILLS = {
    "first_aid": ("急救",),
    "lift": ("搬扶", "双人搬扶", "lift_two_person"),
    "nursing": ("护理",),
    "bath": ("助浴",),
    "technician": ("设备维修",),
}
DAY_KINDS = {"holiday": ("休", "放假", "假"), "workday": ("班", "上班", "调休上班")}
OUTCOMES = {
    "service_done": ("服务完成",),
    "advice": ("电话指导",),
    "hospital": ("送医",),
    "refused": ("拒绝",),
    "other": ("其他",),
}
TIES = {
    "A": ("A岗", "A 岗"),
    "B": ("B岗", "B 岗"),
    "conflict": ("利益冲突",),
    "ban": ("不派",),
    "allergy": ("过敏",),
    "infection": ("感染",),
}
TRAVEL = {"e_bike": ("电动车", "e-bike", "ebike"), "walk": ("步行",), "car": ("汽车", "车", "station_car")}
DATUM = {"wgs84": ("WGS-84", "wgs84", "gps"), "gcj02": ("GCJ-02", "高德", "腾讯", "火星"), "bd09": ("BD-09", "百度")}
NOTES = {"medicine": ("用药", "药物"), "allergy": ("过敏", "过敏史")}
RESPONDERS = {
    "grid_leader": ("微网格长", "网格长", "网格员"),
    "party_member": ("下沉党员", "党员"),
    "volunteer": ("志愿者", "义工"),
    "neighbour": ("邻居",),
    "key_holder": ("钥匙保管人", "持钥匙人"),
    "committee": ("社区居委会", "居委会"),
}
KINDS = {
    Kind.SOS.value: ("求助", "呼救", "红键"),
    Kind.SERVICE.value: ("服务", "绿键"),
    Kind.FAMILY.value: ("亲情", "家人"),
    Kind.OK.value: ("平安", "报平安"),
    Kind.FALL.value: ("跌倒",),
    Kind.SMOKE.value: ("烟雾",),
    Kind.GAS.value: ("燃气",),
    Kind.WATER.value: ("水浸",),
    Kind.DOOR.value: ("门磁",),
    Kind.INACTIVITY.value: ("久未活动",),
    Kind.DURESS.value: ("胁迫",),
    Kind.CANCEL.value: ("取消",),
    Kind.HELP_ARRIVED.value: ("人员到达",),
    Kind.TEST.value: ("测试",),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """``key`` names the columns that together say which row this is; ``check`` looks at a whole row at once."""

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    check: Callable[[Record], None] = lambda record: None

    def column(self, name: str) -> Field:
        return next(column for column in self.fields if column.name == name)

    def key_of(self, record: Mapping[str, Any]) -> Key:
        return tuple(record[name] for name in self.key)


def _located(record: Record) -> None:
    """Positions arrive in a declared system and leave as WGS-84; one without a system may be a street away."""
    if "latitude" not in record and "longitude" not in record:
        record.pop("datum", None)
        return
    latitude, longitude = record.get("latitude"), record.get("longitude")
    datum = record.pop("datum", "")
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise Unreadable("has one coordinate of two", "fill in both 纬度 and 经度, or neither")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (70 < latitude < 140 and 0 < longitude < 60):
        raise Unreadable("%(value)s is nowhere on earth", "纬度 is about 36.6, 经度 about 101.7", value=latitude)
    if not datum:
        raise Unreadable(
            "the coordinate system is not said", "write WGS-84, GCJ-02 (高德、腾讯) or BD-09 (百度) in 坐标系"
        )
    moved = TO_WGS84[datum](latitude, longitude)
    record["latitude"], record["longitude"] = round(moved[0], 6), round(moved[1], 6)


def _responding(record: Record) -> None:
    if record.get("kind") == "key_holder" and "home" in record and not record["home"]:
        raise Unreadable("a key holder without a home", "write in 住户编号 whose key it is")
    _located(record)


def _named(record: Record) -> None:
    if record.get("name") and not record.get("pinyin"):
        record["pinyin"] = pinyin(record["name"])


def _lasting(record: Record) -> None:
    hours = seconds_between(record["starts_at"], record["ends_at"]) / 3600
    if not 0 < hours <= 24:
        raise Unreadable(
            "the shift lasts %(hours)s hours", "the end must be after the start, within a day", hours=hours
        )


def _lasting_a_day(record: Record) -> None:
    hours = seconds_between(record["starts_at"], record["ends_at"]) / 3600
    if not 0 < hours <= 25:  # a day is that long when the clocks go back
        raise Unreadable("the duty lasts %(hours)s hours", "the end must be after the start, within a day", hours=hours)


def _two_names(record: Record) -> None:
    if record.get("a") and record.get("a") == record.get("b"):
        raise Unreadable("A and B are the same person", "name two carers: when one is away the other is there")


def _serviceable(record: Record) -> None:
    if not 5 <= record.get("minutes", 5) <= 600:
        raise Unreadable("%(value)s minutes is no visit", "5 to 600 minutes", value=record["minutes"])
    if not 1 <= record.get("carers", 1) <= 2:
        raise Unreadable("%(value)s carers", "one or two", value=record["carers"])


POSITION = (
    Field("latitude", "纬度", "latitude", "degrees", default=None, example="36.650090"),
    Field("longitude", "经度", "longitude", "degrees", default=None, example="101.764280"),
    Field(
        "datum",
        "坐标系",
        "datum",
        "choice",
        choices=DATUM,
        note="有经纬度时必填；入库一律换算成 WGS-84",
        example="WGS-84",
    ),
)

SHEETS = (
    Sheet(
        "stations",
        "站点",
        "stations",
        ("code",),
        (
            Field("code", "站点编号", "station code", "code", longest=20, required=True, example="示例ST1"),
            Field("name", "名称", "name", required=True, longest=80, example="小桥社区日间照料中心"),
            Field("name_en", "英文名称", "english name", longest=80, example="Xiaoqiao Day-care Centre"),
            Field("community", "社区", "community", longest=40, example="小桥社区"),
            Field("phone", "电话", "phone", "phone", longest=30, example="000-5500001"),
            Field("latitude", "纬度", "latitude", "degrees", required=True, default=None, example="36.647400"),
            Field("longitude", "经度", "longitude", "degrees", required=True, default=None, example="101.755300"),
            POSITION[2],
        ),
        _located,
    ),
    Sheet(
        "models",
        "设备型号",
        "device models",
        ("name",),
        (
            Field("name", "型号", "model", required=True, longest=60, example="示例 AX-100"),
            Field(
                "keys",
                "按键",
                "keys",
                "keys",
                choices=KINDS,
                default={},
                note="编号=含义，用、隔开",
                example="1=求助、2=服务",
            ),
            Field(
                "heartbeat_seconds",
                "心跳秒数",
                "heartbeat seconds",
                "whole",
                default=300,
                note="没有心跳的写 0",
                example="300",
            ),
            Field("grace_seconds", "宽限秒数", "grace seconds", "whole", default=60, example="60"),
            Field("battery_hours", "电池小时", "battery hours", "whole", default=24, note="停电后", example="24"),
            Field("test_days", "测试天数", "test days", "whole", default=30, note="0＝不要求", example="30"),
        ),
    ),
    Sheet(
        "homes",
        "住户",
        "homes",
        ("code",),
        (
            Field("code", "住户编号", "home code", "code", longest=20, required=True, example="示例H0001"),
            Field("station", "站点编号", "station code", "code", longest=20, refers="stations", example="示例ST1"),
            Field("district", "区", "district", longest=40, example="城北区"),
            Field("street", "街道", "street", longest=40, example="小桥大街街道"),
            Field("community", "社区", "community", longest=40, example="小桥社区"),
            Field("grid", "网格", "grid", longest=40, example="第3网格"),
            Field("address", "地址", "address", required=True, example="小桥大街12号"),
            Field("building", "楼栋", "building", longest=40, example="3号楼"),
            Field("unit", "单元", "unit", longest=20, example="2单元"),
            Field("door", "门牌", "door", longest=20, example="401"),
            Field("floor", "楼层", "floor", "whole", default=None, example="4"),
            Field("lift", "电梯", "lift", "yes", default=None, note="是／否，不清楚就空着", example="否"),
            Field("phone", "电话", "phone", "phone", longest=30, example="000-5100001"),
            *POSITION,
            Field("way_in", "进门说明", "way in", longest=1000, example="东门进，院里有狗"),
            Field("door_code", "门禁密码", "door code", longest=60, example="1234#"),
            Field("key_holder", "钥匙保管", "key holder", longest=120, example="站点"),
            Field("key_safe", "钥匙盒", "key safe", "yes", default=False, example="否"),
        ),
        _located,
    ),
    Sheet(
        "residents",
        "老人",
        "residents",
        ("code",),
        (
            Field("code", "老人编号", "resident code", "code", longest=20, required=True, example="示例R0001"),
            Field(
                "home", "住户编号", "home code", "code", longest=20, required=True, refers="homes", example="示例H0001"
            ),
            Field("name", "姓名", "name", "name", required=True, longest=60, example="王秀英"),
            Field("pinyin", "拼音", "pinyin", longest=80, note="空着就按姓名自动生成", example="wang xiu ying"),
            Field("sex", "性别", "sex", "choice", choices=SEX, example="女"),
            Field("born", "出生日期", "born", "born", note="只知道年份就写年份", example="1943-05-01"),
            Field("phone", "电话", "phone", "phone", longest=30, example="000-5200001"),
            Field("language", "语言", "language", "choice", choices=LANGUAGES, default="zh", example="青海话"),
            Field("tier", "等级", "tier", "choice", choices=TIER, default="C", note="A 风险最高", example="B"),
            Field("lives_alone", "独居", "lives alone", "yes", default=False, example="是"),
            Field("diet", "饮食", "diet", "choice", choices=DIET, example="清真"),
            Field("carer_sex", "护理员性别", "carer sex", "choice", choices=SEX, note="要求同性护理时填", example="女"),
            Field("away_until", "外出至", "away until", "moment", default=None, note="当地时间", example=""),
            Field("notes", "备注", "notes", longest=2000, example="听力不好，说话慢一点"),
        ),
        _named,
    ),
    Sheet(
        "contacts",
        "联系人",
        "contacts",
        ("resident", "rank"),
        (
            Field(
                "resident",
                "老人编号",
                "resident code",
                "code",
                longest=20,
                required=True,
                refers="residents",
                example="示例R0001",
            ),
            Field("rank", "顺序", "rank", "whole", required=True, note="1 最先打", example="1"),
            Field("name", "姓名", "name", "name", required=True, longest=60, example="李建国"),
            Field("relation", "关系", "relation", longest=30, example="儿子"),
            Field("phone", "电话", "phone", "phone", required=True, longest=30, example="000-5300001"),
            Field(
                "reachable", "可联系时段", "reachable", "window", longest=60, note="空着＝随时", example="18:00-22:00"
            ),
            Field("minutes_away", "路程分钟", "minutes away", "whole", default=None, example="15"),
            Field("has_key", "有钥匙", "has key", "yes", default=False, example="是"),
            Field(
                "wants_notices",
                "愿意接收通知",
                "wants notices",
                "yes",
                default=False,
                note="本人同意后填是：接单、到达、处理完发短信",
                example="是",
            ),
        ),
    ),
    Sheet(
        "health",
        "健康提示",
        "health notes",
        ("resident", "text"),
        (
            Field(
                "resident",
                "老人编号",
                "resident code",
                "code",
                longest=20,
                required=True,
                refers="residents",
                example="示例R0001",
            ),
            Field("text", "内容", "text", required=True, example="冠心病，支架术后"),
            Field("critical", "危重", "critical", "yes", default=False, note="是＝接警时红字显示", example="是"),
            Field(
                "kind",
                "类别",
                "kind",
                "choice",
                choices=NOTES,
                note="空着＝病史；用药、过敏读给 120 听",
                example="用药",
            ),
        ),
    ),
    Sheet(
        "devices",
        "设备",
        "devices",
        ("account",),
        (
            Field("account", "设备账号", "account", "account", required=True, longest=32, example="示例1001"),
            Field("home", "住户编号", "home code", "code", longest=20, refers="homes", example="示例H0001"),
            Field("model", "型号", "model", longest=60, refers="models", example="示例 AX-100"),
            Field("pager", "呼叫器编号", "pager", "code", longest=40, example="P1001"),
            Field(
                "key_hex", "加密密钥", "aes key", "key", longest=64, note="空着＝保持不变；导出时不带出", secret=True
            ),
            Field("installed_at", "安装时间", "installed at", "moment", default=None, example="2026-01-15"),
            Field("serial_number", "序列号", "serial number", longest=60, example="SN0012345"),
            Field("firmware", "固件", "firmware", longest=40, example="2.1.4"),
            Field("batch", "批次", "batch", longest=40, example="2026-03"),
            Field(
                "sip_password",
                "SIP 密码",
                "sip password",
                longest=120,
                note="空着＝保持不变；导出时不带出",
                secret=True,
            ),
        ),
    ),
    Sheet(
        "services",
        "服务项目",
        "services",
        ("code",),
        (
            Field("code", "项目编号", "service code", "code", longest=20, required=True, example="示例clean"),
            Field("name", "名称", "name", required=True, longest=40, example="助洁"),
            Field("name_en", "英文名称", "english name", longest=60, example="Cleaning"),
            Field("minutes", "时长分钟", "minutes", "whole", required=True, default=60, example="60"),
            Field("skills", "所需技能", "skills", "several", choices=SKILLS, default=[], example="助浴"),
            Field("carers", "人数", "carers", "whole", default=1, example="1"),
            Field(
                "interruptible",
                "可中断",
                "interruptible",
                "yes",
                default=True,
                note="助浴、搬扶、喂饭写否：不因急呼中断",
                example="是",
            ),
            Field("price", "价格元", "price", "whole", default=0, example="30"),
            Field("subsidy", "补贴元", "subsidy", "whole", default=0, example="30"),
            Field("within_hours", "几小时内", "within hours", "whole", default=48, note="承诺", example="48"),
            Field("outcomes", "结果", "outcomes", "several", choices=OUTCOMES, default=[], example="服务完成、拒绝"),
            Field("active", "开放", "active", "yes", default=True, note="停办写否，不要删行", example="是"),
        ),
        _serviceable,
    ),
    Sheet(
        "carers",
        "护理员",
        "carers",
        ("code",),
        (
            Field("code", "工号", "carer code", "code", longest=20, required=True, example="示例C01"),
            Field(
                "station",
                "站点编号",
                "station code",
                "code",
                longest=20,
                required=True,
                refers="stations",
                example="示例ST1",
            ),
            Field("name", "姓名", "name", "name", required=True, longest=60, example="马玉兰"),
            Field("sex", "性别", "sex", "choice", choices=SEX, example="女"),
            Field("phone", "电话", "phone", "phone", longest=30, example="000-5400001"),
            Field(
                "skills", "技能", "skills", "several", choices=SKILLS, default=[], note="用、隔开", example="急救、搬扶"
            ),
            Field("languages", "语言", "languages", "several", choices=LANGUAGES, default=[], example="普通话、青海话"),
            Field("travel", "出行", "travel", "choice", choices=TRAVEL, default="e_bike", example="电动车"),
            Field("post", "岗位", "post", "choice", choices=POST, default="A", note="A 主班，B 副班", example="A"),
            Field("active", "在职", "active", "yes", default=True, note="离职写否，不要删行", example="是"),
            Field(
                "position_consent",
                "定位同意",
                "position consent",
                "moment",
                default=None,
                note="本人同意上班时记录位置的日期；空着＝没有同意，不记录",
                example="2026-01-05",
            ),
        ),
    ),
    Sheet(
        "shifts",
        "班次",
        "shifts",
        ("carer", "starts_at"),
        (
            Field("carer", "工号", "carer code", "code", longest=20, required=True, refers="carers", example="示例C01"),
            Field(
                "starts_at", "开始", "starts at", "moment", required=True, note="当地时间", example="2026-11-21 07:30"
            ),
            Field("ends_at", "结束", "ends at", "moment", required=True, example="2026-11-21 16:00"),
            Field("post", "岗位", "post", "choice", choices=POST, default="A", example="A"),
            Field("station", "代班站点", "helps at", "code", longest=20, refers="stations", note="空着＝本站"),
        ),
        _lasting,
    ),
    Sheet(
        "stand_bys",
        "待命",
        "stand-by",
        ("carer", "starts_at"),
        (
            Field("carer", "工号", "carer code", "code", longest=20, required=True, refers="carers", example="示例C01"),
            Field("starts_at", "待命开始", "stand-by from", "moment", required=True, example="2026-11-21 08:00"),
            Field("ends_at", "待命结束", "stand-by until", "moment", required=True, example="2026-11-21 20:00"),
        ),
        _lasting,
    ),
    Sheet(
        "posts",
        "岗位表",
        "posts",
        ("station", "name"),
        (
            Field(
                "station",
                "站点编号",
                "station code",
                "code",
                longest=20,
                required=True,
                refers="stations",
                example="示例ST1",
            ),
            Field("name", "岗位名称", "post name", required=True, longest=60, example="生活照料岗"),
            Field("a", "A岗工号", "carer a", "code", longest=20, required=True, refers="carers", example="C01"),
            Field(
                "b",
                "B岗工号",
                "carer b",
                "code",
                longest=20,
                required=True,
                refers="carers",
                note="A、B 不能同一天都不在",
                example="C04",
            ),
        ),
        _two_names,
    ),
    Sheet(
        "officers",
        "值班负责人",
        "duty officers",
        ("code",),
        (
            Field("code", "负责人编号", "officer code", "code", longest=20, required=True, example="示例Z1"),
            Field("name", "姓名", "name", "name", required=True, longest=60, example="陈主任"),
            Field("phone", "电话", "phone", "phone", longest=30, example="000-5600001"),
            Field("active", "在任", "active", "yes", default=True, example="是"),
        ),
    ),
    Sheet(
        "duties",
        "值班表",
        "duties",
        ("starts_at",),
        (
            Field(
                "officer",
                "负责人编号",
                "officer code",
                "code",
                longest=20,
                required=True,
                refers="officers",
                example="示例Z1",
            ),
            Field("starts_at", "值班开始", "duty from", "moment", required=True, example="2026-11-21 08:00"),
            Field("ends_at", "值班结束", "duty until", "moment", required=True, example="2026-11-22 08:00"),
        ),
        _lasting_a_day,
    ),
    Sheet(
        "calendar",
        "节假日",
        "calendar",
        ("day",),
        (
            Field(
                "day",
                "日期",
                "day",
                "day",
                required=True,
                note="某年有一行，该年就全部以本表为准",
                example="示例2026-10-01",
            ),
            Field(
                "kind",
                "休班",
                "day kind",
                "choice",
                choices=DAY_KINDS,
                required=True,
                note="休＝放假，班＝调休上班",
                example="休",
            ),
            Field("name", "节日", "holiday", longest=40, example="国庆节"),
        ),
    ),
    Sheet(
        "responders",
        "邻里响应人",
        "responders",
        ("code",),
        (
            Field("code", "编号", "responder code", "code", longest=20, required=True, example="示例N001"),
            Field("kind", "身份", "kind", "choice", choices=RESPONDERS, required=True, example="微网格长"),
            Field("name", "姓名", "name", "name", required=True, longest=60, example="赵建军"),
            Field("phone", "电话", "phone", "phone", required=True, longest=30, example="000-5600001"),
            Field("station", "站点编号", "station code", "code", longest=20, refers="stations", example="示例ST1"),
            Field("community", "社区", "community", longest=40, example="小桥社区"),
            Field("grid", "网格", "grid", longest=40, note="网格长必填，与住户的网格写法一致", example="第3网格"),
            Field(
                "home",
                "住户编号",
                "home code",
                "code",
                longest=20,
                refers="homes",
                note="钥匙保管人：谁家的钥匙",
                example="",
            ),
            Field("languages", "语言", "languages", "several", choices=LANGUAGES, default=[], example="普通话、青海话"),
            Field(
                "reachable", "可联系时段", "reachable", "window", longest=60, note="空着＝随时", example="07:00-22:00"
            ),
            *POSITION,
            Field("consent", "本人同意", "consent", "yes", default=False, note="没有同意就不会被叫", example="是"),
            Field("active", "有效", "active", "yes", default=True, note="不再参加写否，不要删行", example="是"),
        ),
        _responding,
    ),
    Sheet(
        "ties",
        "人户关系",
        "ties",
        ("home", "carer"),
        (
            Field(
                "home", "住户编号", "home code", "code", longest=20, required=True, refers="homes", example="示例H0001"
            ),
            Field("carer", "工号", "carer code", "code", longest=20, required=True, refers="carers", example="示例C01"),
            Field(
                "tie",
                "关系",
                "tie",
                "choice",
                choices=TIES,
                required=True,
                note="A岗、B岗：这一户的专责护理员；利益冲突、不派、过敏、感染：任何时候都不派到这一户",
                example="A岗",
            ),
            Field("note", "备注", "note", longest=200, example=""),
        ),
    ),
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}


def plain(heading: Any) -> str:
    """A heading as headings are compared: ``"地址 (必填)*"`` is ``"地址"``."""
    text = unicodedata.normalize("NFKC", str(heading or "")).lower()
    return re.sub(r"\(.*?\)|[\s*:_-]", "", text)


def headings(sheet: Sheet) -> dict[str, Field]:
    return {plain(name): column for column in sheet.fields for name in (column.zh, column.en, column.name)}


def sheet_named(title: str) -> Sheet | None:
    wanted = plain(title)
    return next((s for s in SHEETS if wanted in (plain(s.zh), plain(s.en), s.name)), None)
