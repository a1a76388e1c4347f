"""Remarks become needs that a crew, a desk and a site can act on; words that were not understood are kept to be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from server.intake.words import PLACEHOLDERS, bare, simpler, tidy

_WEEK = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "日": 7,
    "天": 7,
    "末": 6,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "5": 5,
    "6": 6,
    "7": 7,
}
_ENGLISH_WEEK = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_DAYS = r"(?:每?(?:周|星期|礼拜)?[一二三四五六日天1-7](?:[、,./和及与\s-]*(?:(?:周|星期|礼拜)?[一二三四五六日天1-7](?![\d周次年月]))){0,6})"

# code: pattern. Earlier ones take their words first. A named group `detail` is kept with the need.
_NEEDS: list[tuple[str, str]] = [
    (
        "dialysis",
        rf"(?:(?:每?(?:周|星期|礼拜){_DAYS})[\s,，:(（]*)?(?:需要?|定期|规律|做|行|长期|维持性)*(?:血液|腹膜)?(?:血透|透析|腹透|dialysis|hemodialysis)(?:治疗|患者|病人)?"
        rf"(?:[\s,，:(（]*(?:每?(?:周|星期|礼拜)\s*{_DAYS}|每周[两二三四五2345]次|一周[两二三四五2345]次|隔日|(?:on )?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[\s,/&]*(?:and )?)+))?[)）]?",
    ),
    ("oxygen", r"(?:需要?|长期|家庭|持续)*(?:吸氧|供氧|氧气|输氧|需氧|用氧|制氧机|oxygen)(?:机|瓶|治疗)?|呼吸机"),
    ("insulin", r"(?:需要?|注射|打|使用|每日)*(?:胰岛素|insulin)(?:注射|治疗)?"),
    (
        "pregnant",
        r"(?:怀?孕期?|孕妇|妊娠|pregnant|怀胎)[\s:,，(（]*(?:约|已|第)?(?P<weeks>\d{1,2})(?:\+\d)?\s*(?:周|w|weeks?)[)）]?|(?P<weeks2>\d{1,2})(?:\+\d)?\s*(?:周|weeks?)\s*(?:孕妇?|妊娠|pregnant)"
        r"|(?:怀?孕期?|孕妇|妊娠|怀胎)[\s:,，(（]*(?:约|已)?(?P<months>\d{1,2}|[一二三四五六七八九十]{1,2})\s*个?月[)）]?|孕(?P<early>早|中|晚)期|孕产妇|孕妇|怀孕|待产|临产|妊娠|pregnant|(?<!避)孕(?![育检产后])",
    ),
    ("newborn", r"新生儿|婴儿|未满月|哺乳期?|母乳|newborn|infant|breastfeeding"),
    ("stretcher", r"担架|卧床(?:不起)?|瘫痪|偏瘫|截瘫|植物人|不能起身|stretcher|bedridden"),
    ("wheelchair", r"(?:需要?|使用|坐|乘坐?|用)*(?:轮椅|wheelchair)(?:出行|代步)?"),
    (
        "cannot_self_care",
        r"(?:生活)?(?:不能|无法|不可)(?:完全)?自理|失能|半失能|自理能力差|需(?:要|人)?(?:专人)?(?:照顾|照护|陪护)|失智|痴呆|阿尔茨海默(?:病|症)?|needs? care",
    ),
    (
        "hard_to_walk",
        r"(?:老人|腿脚|行走|行动|下肢|腿部|肢体)*(?:行动|行走|走路|腿脚|活动)(?:不便|不方便|困难|受限|缓慢|不利)|(?:不能|无法)(?:独立)?(?:行走|走路|下楼)|拄拐|拐杖|骨折|腿伤|hard to walk|limited mobility",
    ),
    (
        "hearing",
        r"听力(?:障碍|不好|差|下降|残疾|受损)?|耳聋|聋哑(?:人)?|耳背|失聪|助听器|deaf|hearing(?: impaired| loss)?",
    ),
    ("sight", r"视力(?:障碍|不好|差|残疾)|失明|盲人|眼盲|blind"),
    (
        "cancer_treatment",
        r"(?:[\u4e00-\u9fff]{0,3}癌|肿瘤|白血病|淋巴瘤)(?:术后|晚期|患者|病人|治疗)*|化疗|放疗|放化疗|chemo(?:therapy)?|cancer",
    ),
    (
        "mental_illness",
        r"精神(?:疾病|病|分裂症?|障碍|类疾病|类药物|异常)|抑郁(?:症)?|焦虑(?:症)?|躁狂(?:症)?|双相|癫痫|mental illness",
    ),
    (
        "pets",
        r"(?:家[有中里]?有?|独居)?(?:养)?(?:有)?(?:宠物|猫|狗|犬|pets?|cats?|dogs?)(?:[\u4e00-\u9fff]?(?:犬|猫|狗|鸟))?(?:\s*[一二两三四五六七八九十\d]+\s*[只条个隻])?(?:无人(?:照看|照顾|喂养))?",
    ),
    (
        "medicine",
        r"(?:需要?|长期|每日|每天|定时|规律)*(?:服用?|吃|口服|携带|带|备|用)(?:[\u4e00-\u9fff]{0,6}?)药(?:物|品)?|[\u4e00-\u9fff]{2,6}药(?:物)?|(?:服药|用药)|降压药|medicine|medication",
    ),
    ("language", r"(?:不懂|不会|不通|听不懂)(?:汉语|中文|普通话)|语言不通|外籍(?:人士)?|外国人|需要?翻译|interpreter"),
    ("diet", r"清真(?:饮食|餐)?|回族饮食|素食|忌口|halal|vegetarian|vegan|(?:[\u4e00-\u9fff]{1,4})过敏|allerg\w+"),
    ("disabled", r"残疾(?:人|证)?|肢残|[一二三四]级残|disabled"),
    ("alone", r"独居(?:老人)?|无人(?:照看|照顾|照料|陪同)|无监护人|单独在家|lives alone"),
    (
        "accompanied",
        r"(?:需要?|要求|由)?(?:家长|母亲|父亲|妈妈|爸爸|奶奶|爷爷|姥姥|姥爷|子女|家属|监护人|家人|家人?)(?:陪同|陪护|陪伴|一起|同行)",
    ),
    (
        "chronic_illness",
        r"(?:有)?(?P<detail>高血压|糖尿病|冠心病|心脏病|心衰|心梗|支架术后|脑梗死?|脑出血|脑卒中|中风|哮喘|慢阻肺|肺气肿|肾衰竭?|尿毒症|肾病|肝硬化|乙肝|甲亢|甲减|帕金森(?:病)?|痛风"
        r"|高血脂|血友病|红斑狼疮|基础疾?病|慢性?病|asthma|diabetes|hypertension)(?:史|患者|病史)?",
    ),
    ("elderly", r"(?:高龄)?老年?人|高龄"),
    ("child", r"儿童|幼儿|小孩|孩子|未成年(?:人)?"),
]
_PATTERNS = [(code, re.compile(pattern)) for code, pattern in _NEEDS]
_NEGATION = re.compile(r"(?:无|没有?|不需要?|不用|不(?=$)|否认|非|未|不是|否|no|not)\s*(?:[\u4e00-\u9fff]{0,3})?$")
_NOTHING = re.compile(r"(?:均?无|没有|正常|良好|健康|一般|无特殊(?:情况|需求)?|无基础疾?病|无不适|无异常|无症状|否|none|no|无其他)+")
_KIN = re.compile(
    r"系?(?P<name>[\u3400-\u9fff]{2,4}?)(?:之|的)?(?:同住|共同居住|同一?家庭)?(?:的)?(?P<relation>密接者?|密切接触者|同住(?:人|者|家人|密接)?|家属|(?:丈夫|妻子|儿子|女儿|母亲|父亲|配偶|孙子|孙女|爷爷|奶奶))"
)
_CLAUSE_ENDS = ",，;；。、/|\n"


@dataclass(frozen=True, slots=True)
class Remarks:
    """What remarks say: `needs` (each {"code", and where said "days" (1 Monday … 7 Sunday), "weeks", "detail"}), who the person was in contact
    with, whether found under control, and the words left over."""

    needs: tuple[dict[str, Any], ...] = ()
    index_name: str | None = None
    relation: str | None = None
    kept: str = ""
    codes: frozenset[str] = field(default_factory=frozenset)


@lru_cache(maxsize=50_000)
def remarks_of(text: str) -> Remarks:
    """Read remarks; words of several columns may be joined with ";". Nothing is thrown away: see `kept`."""
    written = tidy(text)
    if not written or written.lower() in PLACEHOLDERS:
        return Remarks()
    word = simpler(written)
    if len(word) != len(written):  # some letters change length in lower case: then work on what is compared
        written = word
    taken = [False] * len(word)
    index_name, relation = _kin(word, taken)
    needs = _needs(word, written, taken)
    return Remarks(tuple(needs), index_name, relation, _left(written, taken), frozenset(need["code"] for need in needs))


_YES = frozenset("是 有 √ ✓ ✔ y yes 1 需要 需 true 对 符合 属于".split())
_NO = frozenset("否 不是 × ✗ x n no 0 不需要 不需 不 false 无 没有 不符合 非".split())
_QUESTION = re.compile(r"^(?:是否|有无|是不是|有否)?(?:为|有|需要?|存在|属于)?|(?:情况|与否)$")


@lru_cache(maxsize=5_000)
def answer_to(header: str, text: str) -> str | None:
    """What a cell says under a header that asks for a need: "是" under 是否行动不便 is "行动不便", "否" is "".

    None when the header asks for no need, or the cell is words of its own under a column of remarks.
    """
    question = _QUESTION.sub("", bare(header))
    word = simpler(text)
    if word in _NO:
        return "" if _asks(question) else None
    if not _asks(question):
        return None
    return question if word in _YES else f"{question} {text}"


def _asks(question: str) -> bool:
    said = remarks_of(question)
    return bool(said.needs) and not said.kept


def _kin(word: str, taken: list[bool]) -> tuple[str | None, str | None]:
    for match in _KIN.finditer(word):
        if match[0].startswith("系") or match["relation"] in ("密接", "密接者", "密切接触者") and "同住" in match[0]:
            _take(taken, match)
            return match["name"].removeprefix("系"), "lives_together" if "同" in match[0] else "contact"
    return None, None


def _needs(word: str, written: str, taken: list[bool]) -> list[dict[str, Any]]:
    needs: dict[str, dict[str, Any]] = {}
    for code, pattern in _PATTERNS:
        for match in pattern.finditer(word):
            if match.end() == match.start() or any(taken[match.start() : match.end()]):
                continue
            _take(taken, match)
            clause = max((word.rfind(end, 0, match.start()) for end in _CLAUSE_ENDS), default=-1)
            denied = _NEGATION.search(word[clause + 1 : match.start()])
            if denied:
                _take_span(taken, clause + 1 + denied.start(), match.start())
                continue
            needs.setdefault(code, {"code": code}).update(_said(code, match, written))
    return list(needs.values())


def _said(code: str, match: re.Match[str], written: str) -> dict[str, Any]:
    words = written[match.start() : match.end()].strip(" ,，:()（）")
    if code == "dialysis":
        days = _weekdays(match[0])
        return {"days": days} if days else {"detail": words}
    if code == "pregnant":
        found = match.groupdict()
        if weeks := found["weeks"] or found["weeks2"]:
            return {"weeks": int(weeks)}
        return {"detail": words} if len(words) > 2 else {}
    if code in (
        "chronic_illness",
        "medicine",
        "diet",
        "pets",
        "cancer_treatment",
        "mental_illness",
        "language",
        "disabled",
        "accompanied",
    ):
        return {"detail": words}
    return {}


def _weekdays(text: str) -> list[int]:
    days = {_ENGLISH_WEEK[day] for day in re.findall(r"mon|tue|wed|thu|fri|sat|sun", text)}
    if not re.search(r"每周[两二三四五2345]次|一周[两二三四五2345]次", text):
        for run in re.findall(r"(?:周|星期|礼拜)([一二三四五六日天1-7、,./和及与\s-]+)", text):
            days |= {_WEEK[sign] for sign in run if sign in _WEEK}
    return sorted(days)


def _take(taken: list[bool], match: re.Match[str]) -> None:
    _take_span(taken, match.start(), match.end())


def _take_span(taken: list[bool], start: int, end: int) -> None:
    taken[start:end] = [True] * (end - start)


def _left(written: str, taken: list[bool]) -> str:
    text = "".join("," if gone else sign for sign, gone in zip(written, taken, strict=True))
    clauses = [clause.strip(" 和及与且有伴:") for clause in re.split(r"[,，;；。、|\n]+", text)]
    return ";".join(clause for clause in clauses if clause and not _NOTHING.fullmatch(clause.lower()) and re.search(r"\w", clause))
