"""How a cell becomes comparable text: full-width, invisible and traditional characters, placeholders, numerals."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

# What people type when they have nothing to say. Such a cell is empty.
PLACEHOLDERS = frozenset(
    "/ \\ - -- — —— – . 、 * 无 无名 暂无 没有 不详 不祥 未知 不明 空 缺 未提供 未填 未带 待补 待补充 待核 待核实 n/a na null none nil #n/a #ref! "
    "#value! #name? unknown".split()
)

# Traditional forms of the characters our vocabulary uses: for matching words only, a person's name is never changed.
_TRADITIONAL = (
    "電电話话號号碼码聯联繫系係系證证類类別别齡龄現现備备註注區区樓楼棟栋單单門门時时間间確确診诊無无癥症狀状觸触檢检測测陽阳篩筛報报鄉乡鎮镇務务"
    "處处戶户輕轻態态發发歲岁離离關关風风險险護护濟济傳传輸输轉转運运癱瘫聾聋啞哑視视聽听礙碍腫肿腎肾藥药懷怀週周貓猫寵宠飼饲養养術术後后臥卧輪轮產产"
    "壓压腦脑緊紧協协誤误編编執执駕驾駛驶員员醫医場场業业車车級级應应開开啟启絡络幾几個个壹一貳二參三點点採采樣样體体溫温詳详細细齊齐冊册殘残總总"
    "計计審审製制與与從从屬属職职棄弃學学園园鄰邻經经營营備备徵征覆复糖糖臨临擬拟隨随責责際际約约"
)
_SIMPLER = str.maketrans(_TRADITIONAL[::2], _TRADITIONAL[1::2])

_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BRACKETED = re.compile(r"[(\[【〔{《<].*?[)\]】〕}》>]")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def tidy(value: object) -> str:
    """A cell's text: half-width, no invisible characters, single spaces; numbers without a trailing `.0`; "" if empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return _tidy_text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):.0f}" if value.is_integer() and abs(value) < 1e21 else repr(value)
    return str(value)


@lru_cache(maxsize=30_000)
def _tidy_text(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return _SPACES.sub(" ", text).strip()


def filled(value: object) -> str:
    """Like `tidy`, but a placeholder ("/", 无, 不详 …) is empty too."""
    if value is None or value == "":
        return ""
    text = tidy(value)
    return "" if text.lower() in PLACEHOLDERS else text


@lru_cache(maxsize=20_000)
def simpler(text: str) -> str:
    """Text for matching words: tidy, lower case, traditional characters of our vocabulary made simplified."""
    return _tidy_text(text).lower().translate(_SIMPLER)


def simplified(text: str) -> str:
    """Text with the traditional characters of our vocabulary made simplified, one for one."""
    return text.translate(_SIMPLER)


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """A header word without what surrounds it: "* 身份证号码(必填):" becomes "身份证号码"."""
    word = _BRACKETED.sub("", simpler(text)) or simpler(text)
    return re.sub(r"[\s*＊:：#_.。、,'\"“”()（）/\\|-]+", "", word)


def number_in_words(text: str) -> int | None:
    """三 is 3, 十二 is 12, 二十 is 20, 一百零三 is 103, 二〇一 is 201; None when it is no such numeral."""
    if not text or any(sign not in "零〇一二两三四五六七八九十百" for sign in text):
        return None
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total = digit = 0
    for sign in text:
        if sign == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif sign == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGITS[sign]
    return total + digit
