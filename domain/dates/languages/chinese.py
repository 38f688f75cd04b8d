"""Chinese, written in simplified signs: traditional ones are turned into these before they are looked up.

Numbers with a counter (三天, 1月, 十五号, 第12周) are the lexer's; here are the words without one.
"""

from domain.dates.tokens import Day, Edge, Feast, Fixed, Half, Mark, Number, Part, Period, Step, Tokens, Unit, Weekday
from domain.dates.vocabulary import Vocabulary

_WEEKDAY_SIGNS = ("一", "二", "三", "四", "五", "六", "日|天")
_WEEK_NAMES = ("周", "星期", "礼拜")


def _weekday_words(signs: str) -> str:
    return "|".join(name + sign for name in _WEEK_NAMES for sign in signs.split("|"))


def _this_week() -> dict[str, Tokens]:
    """本周五 is Friday of this week even when it has gone, unlike “this Friday”."""
    return {
        this + word: (Step(0), Unit(Period.WEEK), Weekday(index))
        for index, signs in enumerate(_WEEKDAY_SIGNS)
        for word in _weekday_words(signs).split("|")
        for this in ("本", "这", "这个", "当", "今")
    }


CHINESE = Vocabulary(
    code="zh",
    weekdays=tuple(_weekday_words(signs) for signs in _WEEKDAY_SIGNS),
    months=("jan|元月|元月份", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    days={
        "今天|今日|今晚|今早|现在|今夜|今儿|当天|今天内": 0,
        "明天|明日|明晚|明早|明儿|翌日|次日|隔天": 1,
        "后天|后日": 2,
        "大后天": 3,
        "昨天|昨日|昨晚": -1,
        "前天": -2,
        "大前天": -3,
    },
    units={
        Period.MINUTE: "分钟",
        Period.HOUR: "小时|钟头",
        Period.DAY: "天|日|自然日",
        Period.WORKDAY: "工作日|工作天|营业日|交易日",
        Period.WEEK: "周|星期|礼拜|个星期|个礼拜",
        Period.WEEKEND: "周末|星期末|礼拜末",
        Period.MONTH: "月|个月|月份",
        Period.QUARTER: "季度|季|个季度",
        Period.HALF: "半年度",
        Period.YEAR: "年|年度",
    },
    steps={
        -1: "上|上个|上一个|上一|上上|上上个|过去",
        0: "本|这|这个|当|这一|该|今",
        1: "下|下个|下一个|下一",
        2: "下下|下下个|再下个|再下",
    },
    edges={
        Part.BEGIN: "初|开始|上旬|月初的|初期|头",
        Part.MIDDLE: "中|中旬|中间|中期|中间的",
        Part.END: "底|末|末尾|下旬|结束|结束时|终|尾|最后",
    },
    marks={
        Mark.IN: "再过|过|未来",
        Mark.HALF: "半",
        Mark.WEEK_OF: "那周|那一周|那个星期|那个礼拜|那星期|所在周|所在的那周|所在的周",
        Mark.HENCE: (
            "从今天起|从今天开始|从现在起|从现在开始|从今日起|自今天起|自今日起|自即日起|即日起|今天起|现在起"
            "|从今天算起|后|之后|以后|过后"
        ),
        Mark.AGO: "以来",
        Mark.FROM: "从|自",
        Mark.AFTER: "晚于",
        Mark.BEFORE: "前|之前|以前|前完成|之前完成",
        Mark.OR: "或|或者|还是|和|与|及|&|、",
        Mark.TO: "到|至|直到|~",
        Mark.FINAL: "最后一个|最后一",
        Mark.COMING: "最近的|即将到来的|接下来的|接下来",
        Mark.CLOCK: "上午|下午|晚上|早上|中午|傍晚|凌晨|午夜|早晨|夜里|晚",
        Mark.END_OF_DAY: "下班前|下班之前|今天下班前|当天下班前|一天结束前|eod",
    },
    phrases={
        **_this_week(),
        "月底|月末|月终": (Unit(Period.MONTH), Edge(Part.END)),
        "月初": (Unit(Period.MONTH), Edge(Part.BEGIN)),
        "月中|月中旬": (Unit(Period.MONTH), Edge(Part.MIDDLE)),
        "季末|季度末|季底": (Unit(Period.QUARTER), Edge(Part.END)),
        "季初": (Unit(Period.QUARTER), Edge(Part.BEGIN)),
        "年底|年末|年终|岁末": (Unit(Period.YEAR), Edge(Part.END)),
        "年初": (Unit(Period.YEAR), Edge(Part.BEGIN)),
        "年中": (Unit(Period.YEAR), Edge(Part.MIDDLE)),
        "今年": (Step(0), Unit(Period.YEAR)),
        "明年": (Step(1), Unit(Period.YEAR)),
        "后年": (Step(2), Unit(Period.YEAR)),
        "年内": (Step(0), Unit(Period.YEAR)),
        "去年": (Step(-1), Unit(Period.YEAR)),
        "前年": (Step(-2), Unit(Period.YEAR)),
        "上半年": (Half(1),),
        "下半年": (Half(2),),
        "半年": (Number(6), Unit(Period.MONTH)),
        "半个月": (Number(15), Unit(Period.DAY)),
        "h1": (Half(1),),
        "h2": (Half(2),),
        "上半月": (Unit(Period.MONTH), Half(1)),
        "下半月": (Unit(Period.MONTH), Half(2)),
        "下周今天|下周的今天|下周同一天": (Day(7),),
        "第二天": (Day(1),),
        "元旦|元旦节": (Fixed(1, 1),),
        "圣诞|圣诞节": (Fixed(12, 25),),
        "平安夜": (Fixed(12, 24),),
        "国庆|国庆节": (Fixed(10, 1),),
        "劳动节|五一|五一劳动节": (Fixed(5, 1),),
        "春节|大年初一|农历新年|新年初一": (Feast("CN", "Chinese New Year (Spring Festival)"),),
        "除夕|大年三十": (Feast("CN", "Chinese New Year (Spring Festival)", -1),),
        "元宵节|元宵": (Feast("CN", "Chinese New Year (Spring Festival)", 14),),
        "清明|清明节": (Feast("CN", "Tomb-Sweeping Day"),),
        "端午|端午节": (Feast("CN", "Dragon Boat Festival"),),
        "中秋|中秋节": (Feast("CN", "Mid-Autumn Festival"),),
        "复活节": (Feast("SE", "Easter Sunday"),),
        "感恩节": (Feast("US", "Thanksgiving Day"),),
    },
    fillers=(
        "的|起|从现在到|从今天到|内|之内|以内|在|于|截止|截止到|截至|截止日期|截止时间|最迟|最晚|不晚于|不迟于"
        "|之际|止|为止|左右|大约|大概|那天|那一天|当日"
        "|期限|完成|交付|交|请|请在|就|赶在|要|需要|约|号前的|份|时候|的时候"
    ),
    week_prefix="week|w",
    quarter_prefix="q",
    clock=r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})[点时](?:半|整|一刻|三刻|(?:\d{1,2}|[一二三四五六七八九十]{1,3})分?)?钟?",
)
