"""The scripts a centre begins with, as tables: short, because they are done under stress, in Chinese and English.

A line: id, words, words in English, kind of answer, mandatory, for which evidence and outcomes it is demanded (none
named is every closing), and the answers as ``(code, words, words in English, what it causes)``.
"""

from collections.abc import Mapping

Answer = tuple[str, str, str, tuple[str, ...]]
Line = tuple[str, str, str, str, bool, tuple[str, ...], tuple[Answer, ...]]

SPOKE = ("spoke_clearly",)
_YES_NO: tuple[Answer, ...] = (("yes", "是", "yes", ()), ("no", "否", "no", ()))


def _yes(cause: str) -> tuple[Answer, ...]:
    return ("yes", "是", "yes", (cause,)), ("no", "否", "no", ())


# Kleiven, Barratt, Queensland: whether the person was heard is asked first, and “I think so” is no answer.
SPEECH: Line = (
    "speech", "说得清楚、答得上来吗？", "Does the person speak clearly, and answer?", "choice", True, SPOKE, (
        ("clear", "清楚", "clearly", ("clear",)),
        ("unclear", "说不清、答非所问", "not clearly", ("silent",)),
        ("none", "没有声音", "no voice at all", ("silent",)),
    ),
)  # fmt: skip
# Croydon 2022: a smoke alarm sounded, and the operator did not hear it.
HEAR: Line = (
    "hear", "您听到什么？听三秒再选", "What do you hear? Listen for three seconds", "choice", True, SPOKE, (
        ("nothing", "没有异常", "nothing odd", ()),
        ("alarm", "烟雾报警、着火声", "a smoke alarm, fire", ("smoke",)),
        ("gas", "燃气报警、嘶嘶声", "a gas alarm, hissing", ("gas",)),
        ("quarrel", "争吵、打斗、哭喊", "a quarrel, a fight, screams", ("violence",)),
        ("moaning", "呻吟、喘不上气", "moaning, gasping", ("breathing",)),
    ),
)  # fmt: skip
WHAT: Line = (
    "what", "怎么了？请老人自己说", "What is the matter? Let the person say it", "choice", True, SPOKE, (
        ("mistake", "按错了", "pressed by mistake", ()),
        ("unwell", "不舒服，能坐能走", "unwell, can sit and walk", ()),
        ("fell", "摔倒了", "has fallen", ()),
        ("chest", "胸口疼", "chest pain", ("chest_pain",)),
        ("breath", "喘不上气", "cannot breathe", ("breathing",)),
        ("stroke", "嘴歪、手脚无力、说话含糊", "face, arm or speech gone weak", ("stroke",)),
        ("bleeding", "大出血", "heavy bleeding", ("bleeding",)),
        ("help", "要人帮忙", "wants help with something", ()),
    ),
)  # fmt: skip
UP: Line = ("up", "能自己站起来走两步吗？", "Can they get up and walk two steps?", "yes_no", True, SPOKE, _YES_NO)
CALL_BACK: Line = (
    "call_back", "没听清就回拨：有人接吗？", "Not heard? Ring back: does anybody answer?", "choice", False, (), (
        ("answered", "接了", "answered", ()),
        ("no_answer", "没人接", "no answer", ()),
    ),
)  # fmt: skip
TOLD: Line = (
    "told",
    "告诉老人：谁来、几分钟到、别挂",
    "Tell them who comes and when, and to stay on",
    "tick",
    False,
    (),
    (),
)

DEFAULTS: Mapping[str, tuple[Line, ...]] = {
    "smoke": (
        ("out", "叫屋里的人马上出门，不坐电梯", "Everybody out at once, not by the lift", "tick", True, SPOKE, ()),
        ("seen", "看见火或烟了吗？", "Is fire or smoke seen?", "choice", True, SPOKE, (
            ("fire", "有火或浓烟", "fire or thick smoke", ("smoke",)),
            ("unsure", "说不清", "cannot say", ("smoke",)),
            ("cooking", "只是做饭、抽烟，已散", "only cooking or a cigarette, gone", ()),
        )),
        ("trapped", "有人出不来吗？", "Can somebody not get out?", "yes_no", True, SPOKE, _yes("trapped")),
        SPEECH, CALL_BACK,
        ("neighbours", "请邻居敲门、疏散同层", "Have the neighbours knock and clear the floor", "tick", False, (), ()),
    ),
    "gas": (
        ("air", "开窗、关阀、不开灯不打火", "Windows open, valve shut, no switch, no flame", "tick", True, SPOKE, ()),
        ("out", "叫屋里的人到楼外", "Tell everybody to go outside", "tick", True, SPOKE, ()),
        ("smell", "还有气味或头晕吗？", "Is there still a smell, or dizziness?", "yes_no", True, SPOKE, _yes("gas")),
        SPEECH, CALL_BACK,
    ),
    "duress": (
        ("quiet", "不回拨、不出声，先听", "Do not ring back, do not speak: listen", "tick", True, (), ()),
        ("violence", "听到威胁或打斗吗？", "Do you hear threats or a fight?", "yes_no", True, (), _yes("violence")),
        ("police", "与主管商定是否报 110", "Agree with the supervisor whether 110 is called", "tick", True, (), ()),
    ),
    "sos": (SPEECH, HEAR, WHAT, UP, CALL_BACK, TOLD),
    "fall": (
        SPEECH, HEAR,
        ("struck", "撞到哪里了？", "What was struck?", "choice", True, SPOKE, (
            ("nothing", "没撞到、不疼", "nothing, no pain", ()),
            ("head", "头", "the head", ("fall_head",)),
            ("hip", "胯、腿，动不了", "hip or leg, cannot move", ("fall_hip",)),
            ("other", "别处疼", "pain elsewhere", ()),
        )),
        UP,
        ("lying", "在地上多久了？", "How long on the floor?", "text", False, (), ()),
        CALL_BACK, TOLD,
    ),
    "carer": (
        ("safe", "护理员说得上话、安全吗？", "Can the carer talk, and is the carer safe?", "choice", True, (), (
            ("safe", "安全", "safe", ()),
            ("threatened", "受威胁", "threatened", ("violence",)),
            ("hurt", "受伤", "hurt", ("bleeding",)),
            ("silent", "联系不上", "cannot be reached", ()),
        )),
        ("place", "核对人在哪里", "Check where the carer is", "tick", True, (), ()),
        ("head", "通知站长", "Tell the head of the station", "tick", False, (), ()),
    ),
    "inactivity": (
        ("rang", "打家里和手机，有人接吗？", "Ring home and mobile: any answer?", "yes_no", True, SPOKE, _YES_NO),
        SPEECH, UP, CALL_BACK,
        ("away", "问家人：今天出门了吗？", "Ask the family: gone out today?", "tick", False, (), ()),
    ),
    "wandering": (
        ("where", "看定位，问在哪里、旁边有什么", "Look where; ask what is near", "text", True, SPOKE, ()),
        SPEECH,
        ("alone", "一个人吗？", "Alone?", "yes_no", True, SPOKE, _YES_NO),
        ("family", "告诉家人", "Tell the family", "tick", True, SPOKE, ()),
        CALL_BACK,
    ),
    "unknown": (SPEECH, HEAR, WHAT, CALL_BACK),
    "welfare": (
        SPEECH, UP,
        ("device", "请老人按一下，收到了吗？", "Have them press: did it arrive?", "yes_no", False, (), _YES_NO),
        CALL_BACK,
    ),
    "house": (
        ("home", "有人在家、安全吗？", "Is somebody at home, and safe?", "choice", True, (), (
            ("safe", "在家，安全", "at home and safe", ()),
            ("out", "不在家", "nobody at home", ()),
            ("break_in", "有人闯入", "somebody broke in", ("violence",)),
            ("silent", "没人答应", "no answer", ()),
        )),
        CALL_BACK,
        ("station", "告诉站点和物业", "Tell the station and the house management", "tick", False, (), ()),
    ),
    "medication": (
        ("taken", "药吃了吗？", "Has the medicine been taken?", "yes_no", False, (), _YES_NO),
        ("wrong", "多吃或吃错了吗？", "Too much, or the wrong one?", "yes_no", False, (), _YES_NO),
        CALL_BACK,
    ),
    "family": (
        ("wish", "要找谁、什么事？", "Whom do they want, and what for?", "text", False, (), ()),
        ("reached", "接通家人了吗？", "Was the family reached?", "yes_no", False, (), _YES_NO),
    ),
    "service": (
        ("wish", "要什么服务、什么时候？", "Which service, and when?", "text", False, (), ()),
        ("well", "身体好吗？", "Are they well?", "yes_no", False, (), _YES_NO),
        CALL_BACK,
        ("booked", "复述一遍：谁来、几点", "Say it again: who comes, and when", "tick", False, (), ()),
    ),
    "device": (
        ("rang", "打给老人：呼叫器能用吗？", "Ring them: does the pager work?", "yes_no", False, (), _YES_NO),
        ("mend", "约好修理或借用机", "Agree on a repair or a loan", "tick", False, (), ()),
    ),
}  # fmt: skip
