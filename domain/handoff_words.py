"""The words people use in the lines of a list, in English, Chinese, Dutch, Swedish and Malay: data only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.handoff_lists import Phase

PROMISING: Final[tuple[str, ...]] = (
    *("no later than", "not later than", "due date", "due by", "due on", "due", "deadline", "eta"),
    *("before", "until", "till", "by"),
    *("uiterlijk op", "uiterlijk", "vóór", "deadline is"),
    *("senast den", "senast", "före", "innan", "fram till"),
    *("selewat-lewatnya", "sebelum", "menjelang", "tarikh akhir"),
)
"""Words after which a date must come when they begin a part of the line."""

LEADING: Final[tuple[str, ...]] = (
    *("on the", "on", "in", "at", "from", "within", "this", "next"),
    *("voor", "tegen", "tot", "op", "per", "over", "vanaf", "binnen"),
    *("till", "på", "den", "om", "i", "inom", "från"),
    *("pada", "dalam", "hingga", "sehingga"),
)
"""Words after which a date may come, or anything else."""

CHINESE_STARTS: Final = ("截止到", "截至", "截止", "最迟", "最晚", "不迟于", "在", "于")
CHINESE_ENDS: Final = ("之前", "以前", "前", "为止")

QUANTITY_UNITS: Final = frozenset(
    {"%", "percent", "procent", "peratus", "x", "times", "points", "punten", "poäng", "mata", "hours", "minutes"}
    | {"uur", "timmar", "jam", "people", "users", "seats", "pp", "k", "m", "keer", "gånger", "kali", "倍", "小时"}
)
"""What makes "by 5 …" a quantity and no date."""

VAGUE: Final = frozenset(
    {
        "asap",
        "soon",
        "soonest",
        "tbd",
        "later",
        "when ready",
        "尽快",
        "待定",
        "zsm",
        "z.s.m",
        "snart",
        "snarast",
        "segera",
    }
)
"""What people write where a due date would stand."""

ARROWS: Final = ("-->", "->", "=>", "–>", "—>", "→", "⟶", "⇒", "➔", "➜", "➡️", "➡", " > ")
FROM: Final = frozenset({"from", "van", "från", "dari", "daripada"})
TO: Final = frozenset({"to", "naar", "tot", "till", "ke", "kepada", "hingga"})
CHINESE_FROM: Final = ("从", "由")
CHINESE_TO: Final = ("增加到", "提高到", "提升到", "降低到", "减少到", "降到", "降至", "升至", "升到", "到", "至")
TARGETS: Final = ("to", "target", "goal", "doel", "naar", "mål", "till", "sasaran", "ke", "目标", "达到")

OWNERS: Final = ("owner", "eigenaar", "ägare", "ansvarig", "pemilik", "oleh", "door", "负责人", "责任人")

CARES: Final = (
    *("cares most about", "cares about", "care about", "cares for", "worried about", "worries about", "wants"),
    *("interested in", "focuses on", "focus on"),
    *("geeft om", "let op", "hecht aan", "maakt zich zorgen over", "wil"),
    *("bryr sig om", "oroar sig för", "vill ha", "vill"),
    *("mengambil berat tentang", "mementingkan", "risau tentang", "mahukan", "mahu"),
    *("关心", "关注", "在意", "看重", "担心", "想要"),
)

_PHASE_WORDS: Final = (
    (Phase.SALE, ("sale", "sales", "verkoop", "försäljning", "sälj", "jualan", "销售", "售前")),
    (
        Phase.IMPLEMENTATION,
        ("implementation", "implementatie", "implementering", "införande", "pelaksanaan", "实施", "落地"),
    ),
    (
        Phase.ROLLOUT,
        ("rollout", "roll-out", "uitrol", "utrullning", "lansering", "pelancaran", "推广", "上线"),
    ),
)

PHASES: Final[Mapping[str, Phase]] = MappingProxyType({word: phase for phase, words in _PHASE_WORDS for word in words})
"""Words for the phases, folded to lower case."""
