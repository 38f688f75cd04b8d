"""This machine's time zone database: which country each zone belongs to, and which edition it is."""

import hashlib
import zoneinfo
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

_COUNTRIES: Final = "zone.tab"
_WHOLE: Final = "tzdata.zi"
_VERSION: Final = "# version "
_SAMPLES: Final = ("Europe/Stockholm", "America/New_York", "Asia/Kuala_Lumpur", "Africa/Casablanca", "Asia/Gaza")


def country_of_zone() -> Mapping[str, str]:
    """The ISO country of every zone that zone.tab of the time zone database names, and of the old names of those
    (``US/Eastern``). Empty when neither this machine nor the tzdata package has the file."""
    found = dict(_pairs(_read(_COUNTRIES)))
    for line in _read(_WHOLE).splitlines():
        # “L TARGET NAME” is a link (zic's manual, "Link lines").
        words = line.split()
        if len(words) == 3 and words[0] == "L" and words[1] in found:
            found.setdefault(words[2], found[words[1]])
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(row[2].strip(), row[0].strip()) for row in rows if len(row) > 2]


def zone_rules() -> str:
    """The edition of the rules that zoneinfo uses here, such as ``2026f``; where the files don't say, a digest of some
    of them. At most 16 characters."""
    where = _folder()
    first = _text(where / _WHOLE).partition("\n")[0]
    if first.startswith(_VERSION):
        return first.removeprefix(_VERSION).strip()[:16]
    digest = hashlib.sha256()
    for name in _SAMPLES:
        file = where.joinpath(*name.split("/"))
        digest.update(file.read_bytes() if file.is_file() else b"")
    return f"sha:{digest.hexdigest()[:12]}"


def _read(name: str) -> str:
    """A file of the database in use; that of the tzdata package when this machine's has none."""
    return _text(_folder() / name) or _text(_package() / name)


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _folder() -> Traversable:
    """Where zoneinfo looks: the first of its folders that has zones, else the tzdata package."""
    for path in zoneinfo.TZPATH:
        folder = Path(path)
        if (folder / "Europe" / "Stockholm").is_file():
            return folder
    return _package()


def _package() -> Traversable:
    return resources.files("tzdata") / "zoneinfo"
