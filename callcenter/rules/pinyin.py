"""A Chinese name in pinyin, so that an operator can find it with a Latin keyboard."""

# Family names read otherwise than the same character in other words.
FAMILY_NAMES = {"单": "shan", "解": "xie", "仇": "qiu", "曾": "zeng", "查": "zha", "区": "ou", "盖": "ge", "朴": "piao"}


def pinyin(name: str) -> str:
    """``wang xiu ying``: lower case, one space between syllables, no tones."""
    from pypinyin import lazy_pinyin  # its dictionaries take 0.2 s to load, and most processes never need them

    syllables: list[str] = lazy_pinyin(name)
    if name[:1] in FAMILY_NAMES:
        syllables[0] = FAMILY_NAMES[name[0]]
    plain = ("".join(c for c in syllable.lower() if c.isalnum()) for syllable in syllables)
    return " ".join(syllable for syllable in plain if syllable)[:80]
