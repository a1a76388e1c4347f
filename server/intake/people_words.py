"""What a single cell says about a person: name, sex, age, telephone numbers, category. Pure functions of text, cached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from server.intake.words import filled, number_in_words, simpler, tidy

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹"
    "薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单"
    "季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬"
    "边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈匡鞠惠荆乐冀郁胥南班储芮燕慕娜朴玄太"
)
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NAME = re.compile(rf"^[{_HAN}]{{2,4}}$|^[{_HAN}]{{1,12}}·[{_HAN}·]{{1,16}}$")
_SEXES = {
    "男": "male",
    "男性": "male",
    "m": "male",
    "male": "male",
    "♂": "male",
    "女": "female",
    "女性": "female",
    "f": "female",
    "female": "female",
    "♀": "female",
}


def person_name(cell: object) -> str:
    """A name without the spaces that align two-character names; a foreign name keeps its single spaces. "" if missing."""
    text = filled(cell)
    if not text or text.isascii():
        return text if re.search(r"[A-Za-z]", text) else ""
    text = re.sub(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])", "", text)
    text = re.sub(r"[•‧・∙.．]", "·", text) if re.search(rf"[{_HAN}][•‧・∙.．][{_HAN}]", text) else text
    return re.sub(r"^[\d、.\s]+|[,,;;、*#]+$", "", text).strip()


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike, regardless of spaces, dots and case."""
    return _key(one) == _key(other)


@lru_cache(maxsize=50_000)
def _key(name: str) -> str:
    return re.sub(r"[\s·.]+", "", name).casefold()


def name_key(name: str) -> str:
    """The form of a name that identity is looked up by."""
    return _key(name)


def looks_like_name(text: str) -> bool:
    """Whether a text could be a Chinese person's name: two to four characters that begin with a surname."""
    text = person_name(text)
    return bool(_NAME.match(text)) and text[0] in SURNAMES


def sex_of(cell: object) -> str | None:
    """ "male", "female" or None."""
    return _SEXES.get(simpler(filled(cell)).replace(" ", ""))


@lru_cache(maxsize=5_000)
def age_of(text: str) -> float | None:
    """Age in years from 72, "72岁", "8个月", "3岁半", "15天", "六十三"; None when unreadable or beyond 0–130."""
    text = simpler(text).replace(" ", "").replace("周岁", "岁").replace("years", "岁").removesuffix("y")
    if match := re.fullmatch(r"(\d{1,3})(?:\.\d+)?岁?(?:(半)|(\d{1,2})个?月)?(?:龄)?", text):
        age = int(match[1]) + (0.5 if match[2] else 0) + (int(match[3]) / 12 if match[3] else 0)
    elif match := re.fullmatch(r"(\d{1,2})(?:个?月龄?|m)(?:\d+天)?", text):
        age = int(match[1]) / 12
    elif match := re.fullmatch(r"(?:出生)?(\d{1,3})(天|日龄|周)", text):
        age = int(match[1]) / (52 if match[2] == "周" else 365)
    else:
        age = number_in_words(text.removesuffix("岁"))
    return round(age, 2) if age is not None and 0 <= age <= 130 else None


@dataclass(frozen=True, slots=True)
class Phones:
    """The telephone numbers of a cell, digits only; `unclear` keeps what is written but no number."""

    numbers: tuple[str, ...] = ()
    unclear: str = ""


_NUMBER = re.compile(
    r"(?<!\d)(?:\+?0{0,2}86[-\s]?)?(1[3-9]\d[-\s.]?\d{4}[-\s.]?\d{4}|1[3-9]\d{9})(?!\d)"  # mobile
    r"|(?<!\d)\(?(0\d{2,3})\)?[-\s]?(\d{7,8})(?:\s*(?:转|-|ext\.?|#)\s*(\d{1,6}))?(?!\d)"  # landline with area code
    r"|(?<!\d)([2-8]\d{6,7})(?!\d)"  # landline without
    r"|(?<!\d)(400[-\s]?\d{3}[-\s]?\d{4}|\+(?!86)\d{7,15})(?!\d)"  # service and foreign numbers
)


@lru_cache(maxsize=1_000)
def _unspaced(text: str) -> str:
    return re.sub(r"(?<=\d)[\s](?=\d)", "", text)


@lru_cache(maxsize=2048, typed=True)
def phones_of(cell: object) -> Phones:
    """All numbers of a cell, mobiles first: two in a cell, +86, separators, a number typed as a number, two glued together."""
    text = filled(cell).replace("—", "-").replace("–", "-").replace("−", "-")
    if not text:
        return Phones()
    if text.isdecimal() and len(text) == 11 and text[0] == "1" and text[1] in "3456789":
        return Phones((text,))
    found = _numbers(text)
    if not found and re.fullmatch(r"(1[3-9]\d{9}){2,4}", text):
        found = [text[at : at + 11] for at in range(0, len(text), 11)]
    if not found:
        found = _numbers(_unspaced(text))
    ordered = sorted(dict.fromkeys(found), key=lambda number: not (len(number) == 11 and number[0] == "1"))
    return Phones(tuple(ordered), "" if ordered else text)


def _numbers(text: str) -> list[str]:
    numbers = []
    for mobile, code, local, extension, bare_local, other in _NUMBER.findall(text):
        if mobile:
            numbers.append(re.sub(r"\D", "", mobile))
        elif local:
            numbers.append(f"{code}-{local}" + (f"-{extension}" if extension else ""))
        else:
            numbers.append(bare_local or re.sub(r"[\s-]", "", other))
    return numbers


@dataclass(frozen=True, slots=True)
class Category:
    """What a category cell says. `code` is None when it says nothing that decides who may ride with whom."""

    code: str | None
    case_type: str | None = None
    found_under_control: bool | None = None


_CONTACTS = [
    (
        "secondary_contact",
        r"密接的?密接|密切接触者?的密切?接触|次密|二级密接|密接密接|次级密接|密密接|secondary|contactofcontact|contactofclose",
    ),
    ("general_contact", r"一般接触|普通接触|一般密接|generalcontact|casualcontact"),
    ("close_contact", r"密切接触|密接|密触|同住接触|closecontact|^cc$|^contact$"),
]
_POSITIVES = [
    ("pooled_positive", r"混管|混检|混采|\d+[混合:]1?(?:阳|管)|(?:十|二十|五)(?:合|混)一|pooled"),
    ("confirmed", r"确诊|轻型|普通型|重型|危重|confirmed|轻症|重症"),
    ("asymptomatic", r"无症状|asymptomatic|无症感染"),
    ("screen_positive", r"初筛|阳性|单管阳|核酸阳|抗原阳|^阳$|复阳|转阳|positive|新冠感染|^感染者$"),
]
_OTHERS = [
    ("accompanying", r"陪护|陪同|陪伴|照护|accompan|carer"),
    ("risk_area_person", r"风险区|中高风险|高风险地区|高风险人员|riskarea"),
]
# Words that take the statement back, or leave it open: someone has to look.
_UNDECIDED = re.compile(
    r"疑似|阴性|排除|解除|待定|待查|待复核|待核|不是|非密|非阳|误|\?|未定|可能|negative|suspected|ruledout|否|出院|康复|治愈"
)
_CASE_TYPES = [
    ("critical", r"危重|critical"),
    ("severe", r"重型|重症|severe"),
    ("ordinary", r"普通型?|moderate|ordinary"),
    ("mild", r"轻型|轻症|轻度|mild"),
]
_UNDER_CONTROL = re.compile(r"管控|隔离点|集中隔离|隔离发现|闭环|封控|居家隔离|隔离人员|undercontrol|quarantine")
_IN_COMMUNITY = re.compile(r"社会面|社区筛|主动就诊|主动检测|愿检|全员核酸|全员筛|大筛|区域核酸|community|非管控|未管控")


@lru_cache(maxsize=20_000)
def category_of(text: str) -> Category:
    """The category a text names, in the identifiers of the glossary.

    A text that names a positive *and* a contact is only decided where the language decides it: "确诊病例的密接" is a contact,
    "密接转阳" a positive. Everything else is left open, because a wrong guess would seat contacts with positives.
    """
    word = simpler(text).replace(" ", "").replace("-", "").replace("_", "")
    found = found_of(word)
    if not word or _UNDECIDED.search(word):
        return Category(None, None, found)
    contact, positive = _first(_CONTACTS, word), _first(_POSITIVES, word)
    if contact and positive:
        return Category(*_contact_or_positive(word, contact, positive), found)
    code = contact or positive or _first(_OTHERS, word)
    return Category(code, case_type_of(word) if code == "confirmed" else None, found)


def _first(words: list[tuple[str, str]], text: str) -> str | None:
    return next((code for code, pattern in words if re.search(pattern, text)), None)


def _contact_or_positive(word: str, contact: str, positive: str) -> tuple[str | None, str | None]:
    if re.search(r"密(?:接|切接触).*?(?:转阳|转为|转确诊|转无症|→|->|变|复核阳|后阳)", word):
        return positive, case_type_of(word) if positive == "confirmed" else None
    outside = re.sub(r"\(.*?\)", "", word)
    if outside == word and re.search(r"(?:阳性|确诊|病例|感染者|患者).{0,4}(?:密接|密切接触者?|次密接?|密接者)$", word):
        return contact, None
    return None, None


def case_type_of(text: str) -> str | None:
    """mild, ordinary, severe or critical (轻型、普通型、重型、危重型), or None."""
    return _first(_CASE_TYPES, simpler(text).replace(" ", ""))


def found_of(text: str) -> bool | None:
    """True: found under control (管控); False: found in the community (社会面); None: not said."""
    word = simpler(text)
    if _IN_COMMUNITY.search(word):
        return False
    return True if _UNDER_CONTROL.search(word) else None


def looks_like_category(text: object) -> bool:
    """Whether a cell names a category; long texts are addresses or remarks."""
    word = tidy(text)
    return 0 < len(word) <= 14 and category_of(word).code is not None
