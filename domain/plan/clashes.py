"""Where a plan clashes with the customer's own days: key dates, and the days by which success should be measured.

A label is matched loosely to milestones: by what it is about, in five languages, else by its words. What matches
nothing clashes with nothing: a wrong alarm is read once, and then no alarm is read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.handoff import Answers
from domain.plan.change import Clash, ClashKind
from domain.plan_picture import Milestone, PlanPicture
from domain.playbook import Kind
from domain.words import fold

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"\w+")
_SHORT: Final = 3


@dataclass(frozen=True, slots=True)
class _Topic:
    """What a label may be about: words of it, and the kinds of milestones it means, else those titled with them."""

    pattern: re.Pattern[str]
    kinds: frozenset[Kind] = frozenset()


def _topic(words: str, *kinds: Kind) -> _Topic:
    """`words` are patterns parted by spaces; `_` stands for a space or a hyphen, or nothing. Latin ones begin a
    word."""
    parts = [one.replace("_", r"[\s-]?") for one in words.split()]
    latin = "|".join(one for one in parts if not _HAN.search(one))
    han = "|".join(one for one in parts if _HAN.search(one))
    return _Topic(re.compile(rf"(?<!\w)(?:{latin})|{han}"), frozenset(kinds))


_TOPICS: Final = (
    _topic(
        "kick_off aftrap uppstart startm[öo]te startbijeenkomst pelancaran_projek 启动会 启动会议 开工", Kind.KICKOFF
    ),
    _topic("train(?:ing|ed)\\b workshop utbildning opleiding latihan 培训 训练"),
    _topic("migrat migrer migrasi overzet flytt(?:a|en)\\b 迁移"),
    _topic("integrat integrer integrasi koppeling koppling 集成 对接"),
    _topic("data_load load_data data_import import_data datalading 数据导入 导入数据 muat_naik_data"),
    _topic("accounts?\\b permissions? konton? beh[öo]righet rechten akaun 账号 账户 权限"),
    _topic("technical_check security_review teknisk technische_controle semakan_teknikal 技术检查 安全审查"),
    _topic("early_win first_result quick_win f[öo]rsta_resultat eerste_resultaat 早期成果", Kind.EARLY_WIN),
    _topic("value_review business_review board qbr styrelse bestuur directie lembaga 董事会 价值评审", Kind.CHECK_90),
    _topic(
        "go_liv live(?:gang)?\\b launch roll_out in_gebruik ingebruikname drifts[äa]tt lanser lancer pelancaran"
        " dilancarkan in_production i_produktion cut_over contract_ends? contract_expires? old_contract"
        " contract_loopt avtalet_l[öo]per_ut avtal_slut kontrak_tamat switch_off 上线 发布 投产 合同到期",
        Kind.GO_LIVE,
    ),
)
"""The first that fits settles it: “training before go-live” is about the training."""


def clashes(plan: PlanPicture, answers: Answers | None) -> tuple[Clash, ...]:
    """The open milestones due after a day of the customer's that is about them, in the order of their days.

    A key date clashes with the milestones its label names. A measure of success clashes with the one its name names,
    else with the go-live: nothing is measured before the customer works with it.
    """
    if answers is None:
        return ()
    waiting = [one for one in plan.milestones if one.is_open and one.due is not None]
    found: list[Clash] = []
    for key in answers.key_dates:
        if key.on is not None:
            found += _late(_about(key.label, waiting), key.label, key.on, ClashKind.KEY_DATE)
    for metric in answers.success_metrics:
        if metric.by is not None:
            meant = _about(metric.metric, waiting) or [one for one in waiting if one.kind is Kind.GO_LIVE]
            found += _late(meant, metric.metric, metric.by, ClashKind.METRIC)
    return tuple(sorted(found, key=lambda clash: (clash.due, clash.number, clash.on, clash.label)))


def _late(milestones: Sequence[Milestone], label: str, on: date, kind: ClashKind) -> list[Clash]:
    return [
        Clash(one.number, one.title, one.due, label, on, kind)
        for one in milestones
        if one.due is not None and one.due > on
    ]


def _about(label: str, milestones: Sequence[Milestone]) -> list[Milestone]:
    folded = fold(label)
    topic = next((one for one in _TOPICS if one.pattern.search(folded)), None)
    if topic is not None:
        found = [one for one in milestones if one.kind in topic.kinds]
        if not found and not topic.kinds:
            found = [one for one in milestones if topic.pattern.search(fold(one.title))]
        if found:
            return found
    return [one for one in milestones if _same_words(folded, fold(one.title))]


def _same_words(label: str, title: str) -> bool:
    """Whether all the longer words of the label stand in the title; of Chinese a part will do."""
    if _HAN.search(label):
        return len(label) > 1 and label in title
    words = {word for word in _WORD.findall(label) if len(word) > _SHORT}
    return bool(words) and words <= set(_WORD.findall(title))
