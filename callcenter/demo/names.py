"""Invented people: names as they are common among the elders and carers of Xining, by descent and sex."""

from random import Random


def _names(words: str) -> list[str]:
    return words.split()


HAN_FAMILIES = (
    "王李张刘陈杨赵周吴徐孙朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石贾韦夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤祁逯"
)
HUI_FAMILIES = "马马马马冶韩丁白杨王苏穆沙海哈喇妥拜"
TU_FAMILIES = "李吕祁鲍胡席董东乔麻"
ELDER_WOMEN = _names(
    "秀英 桂英 玉兰 秀兰 桂兰 玉英 淑珍 淑英 玉珍 凤英 桂芳 秀珍 翠兰 兰英 素珍 淑兰 玉梅 "
    "金花 菊香 月英 春兰 桂花 秀芳 玉芳 惠珍 素芳 美英 爱英 玉莲 生莲 生兰 积花 延寿 海棠 "
    "银花 桃花 永芳 淑芬 丽华 慧芳"
)
ELDER_MEN = _names(
    "建国 德福 国栋 志明 福生 永福 生财 有才 占元 延年 文华 玉林 国强 建华 成林 德明 长生 "
    "金山 宝山 生福 启明 世英 国良 文德 永祥 进才 玉山 守义 振华 明德 寿山 生寿 万福 得胜 "
    "志远 广林 兴旺 维新 光明 忠孝"
)
YOUNGER_WOMEN = _names(
    "丽 敏 静 芳 燕 娟 霞 艳 玲 红梅 晓燕 海燕 玉霞 雪梅 春梅 丽娟 晓红 小芳 文静 秀梅 "
    "桂香 生花 雅琴 玉洁 慧玲 国芳 佳 婷"
)
YOUNGER_MEN = _names(
    "伟 强 军 勇 建军 志强 海涛 永强 国庆 小龙 文斌 生辉 晓东 建平 立新 占军 玉龙 成 浩 俊杰 永明 志刚 海军 学文 辉 平"
)
TIBETAN_WOMEN = _names("卓玛 卓玛措 拉毛 才让措 央金 德吉 仁青措 桑吉卓玛 周毛 拉毛吉 南措 完玛措")
TIBETAN_MEN = _names("才让 扎西 多杰 才旦 尖措 仁青 桑杰 旦正 多杰才让 完玛 索南 加羊")
HUI_WOMEN = _names("法图麦 索菲娅 海彻 阿依舍 麦尔彦 玉兰 秀英 桂英 海英 如花 梅花 金兰")
HUI_MEN = _names("尤素夫 伊布拉 阿卜都 穆萨 哈三 英林 福海 占山 国良 进忠 正云 生华")

GIVEN = {
    ("Hui", "F"): HUI_WOMEN,
    ("Hui", "M"): HUI_MEN,
    ("Tibetan", "F"): TIBETAN_WOMEN,
    ("Tibetan", "M"): TIBETAN_MEN,
}
ELDERS = {"F": ELDER_WOMEN, "M": ELDER_MEN}
YOUNGER = {"F": YOUNGER_WOMEN, "M": YOUNGER_MEN}
FAMILIES = {"Hui": HUI_FAMILIES, "Tu": TU_FAMILIES}


def family_name(dice: Random, descent: str) -> str:
    """Empty for Tibetans, who have none."""
    return "" if descent == "Tibetan" else dice.choice(FAMILIES.get(descent, HAN_FAMILIES))


def elder(dice: Random, descent: str, sex: str) -> str:
    return family_name(dice, descent) + dice.choice(GIVEN.get((descent, sex), ELDERS[sex]))


def younger(dice: Random, descent: str, sex: str, family: str = "") -> str:
    if descent == "Tibetan":
        return dice.choice(GIVEN[descent, sex])
    return (family or family_name(dice, descent)) + dice.choice(YOUNGER[sex])
