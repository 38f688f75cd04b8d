"""Who can unblock something, read from the words that say why it is blocked: “waits for SSO, Jonas unblocks”."""

import re
from typing import Final

_NAME: Final = r"(?P<{}>[^\W\d_][\w.@'’\-]*(?: [^\W\d_][\w.@'’\-]*){{0,4}}?)"
_IT: Final = r"(?: (?:it|this|that|us|them|the milestone|het|dit|ons|det|detta|den|oss|ini|itu))?"
_AFTER_NAME: Final = "|".join(
    (
        r"(?:can|could|will|should|must|is able to) (?:unblock|help|fix|solve)|unblocks|helps|fixes|solves",
        r"(?:kan|zal|moet|gaat) (?:het |dit |ons )?(?:deblokkeren|oplossen|helpen)|deblokkeert|helpt|lost het op",
        r"(?:kan|ska|skall|bör) (?:låsa upp|lösa|avblockera|hjälpa)|låser upp|löser|avblockerar|hjälper",
        r"(?:boleh |akan |perlu )?(?:bantu|membantu|selesaikan|menyelesaikan|tolong)",
    )
)
_BEFORE_NAME: Final = "|".join(
    (
        r"(?:can be |to be |will be )?unblocked by|unblocker(?: is)?:?|unblock by|ask",
        r"(?:kan )?(?:worden )?(?:opgelost|gedeblokkeerd)(?: worden)? door|vraag",
        r"(?:kan )?(?:lösas|låses upp) av|fråga",
        r"(?:boleh )?(?:diselesaikan|dibantu) oleh|tanya",
    )
)
_LATIN: Final = re.compile(
    r"(?:^|[,;:.(–—-]|\n| and| och| en| dan)\s*"
    rf"(?:{_NAME.format('first')} (?:{_AFTER_NAME}){_IT}|(?:{_BEFORE_NAME}) {_NAME.format('last')})[\s.)!]*$",
    re.IGNORECASE,
)
_HAN: Final = re.compile(
    r"[,，;；。:：(（\s]\s*(?:由|请|找)?(?P<first>[^\s,，;；。:：()（）]{1,20}?)"
    r"(?:可以|能够|能|来|会|负责)?(?:解决|解除|处理|推动|协调|帮忙)(?:它|这个|此事)?[\s。.)）!！]*$"
)
_NOBODY: Final = re.compile(
    r"(?:nobody|no one|noone|none|who|somebody|someone|anyone|anybody|we|they|you|i|it|this|that|he|she|what|"
    r"niemand|wie|iemand|wij|we|ik|ze|het|ingen|vem|någon|vi|jag|de|det|tiada|siapa|kami|saya|dia|seseorang|没人|谁|我们|我|他|她|有人)"
    r"(?: \w+)*",
    re.IGNORECASE,
)


def split_unblocker(why: str) -> tuple[str, str]:
    """The reason without its end that names who unblocks, and the name as typed; '' when nobody is named. When nothing
    would be left of the reason it stays whole. Never raises."""
    for pattern in (_LATIN, _HAN):
        found = pattern.search(why)
        if found is None:
            continue
        groups = found.groupdict()
        name = (groups.get("first") or groups.get("last") or "").strip(" .,")
        if not name or _NOBODY.fullmatch(name):
            continue
        rest = why[: found.start()].strip(" ,;:，；。(（–—-")
        return rest or why, name
    return why, ""
