"""Identifiers and time-stamps in Slack's forms."""

import random
import string

ALPHABET = string.ascii_uppercase + string.digits
MICROS = 1_000_000


class Ids:
    """Makes ids like `C0A1B2C3D4E`: a letter of their kind and ten random characters."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()

    def make(self, prefix: str, length: int = 10) -> str:
        """A fresh id that begins with `prefix` and `0`, as Slack's do."""
        return f"{prefix}0{''.join(self._random.choices(ALPHABET, k=length - 1))}"

    def secret(self, length: int = 24) -> str:
        """Letters and digits for tokens and one-time addresses."""
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=length))

    def number(self) -> int:
        """A twelve-digit number."""
        return self._random.randrange(10**11, 10**12)


def micros_to_ts(micros: int) -> str:
    """1732331401000200 → "1732331401.000200"."""
    return f"{micros // MICROS:010d}.{micros % MICROS:06d}"


def ts_to_micros(ts: str) -> int:
    """ "1732331401.000200" → 1732331401000200. Raises ValueError for anything but digits with at most six decimals."""
    whole, _, part = ts.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (part and not (part.isascii() and part.isdigit())):
        raise ValueError(ts)
    if len(part) > 6 or len(whole) > 12:
        raise ValueError(ts)
    return int(whole) * MICROS + int(part.ljust(6, "0") if part else 0)


def is_ts(value: str) -> bool:
    """Whether `value` is a message's time-stamp: ten digits, a point, six digits."""
    whole, point, part = value.partition(".")
    return (
        bool(point) and value.isascii() and whole.isdigit() and part.isdigit() and len(whole) == 10 and len(part) == 6
    )
