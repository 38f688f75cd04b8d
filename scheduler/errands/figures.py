"""What ``/cs metrics`` brings after its answer: the picture, and the file for a spreadsheet."""

from collections.abc import Mapping
from typing import Any, Final

from domain.calendar import zone_named
from domain.metrics.figures import Figures
from domain.metrics.panels import panels_of
from messages.cs_file import as_csv
from messages.cs_metrics import alt_of, metrics_asked
from messages.values import number
from scheduler.audience import PERSON
from scheduler.charts.upload import share
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.errands.usage import kept_fresh
from scheduler.errands.usage_chart import Wanted, in_slack, respond
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage import figures, notices
from storage.notices import ClaimedNotice, NewNotice
from storage.usage_charts import remember

ASKED: Final = "metrics_asked"
SAID: Final = "Here are the figures you asked for, one row for each month."
OVER: Final = "By month"


async def answer_with_figures(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """The picture, as another answer to the command, seen by the asker alone; in person when it can't be answered there
    any more. ``facts``: ``asker`` a Slack id, ``csm`` our id of whose deals they are (0: everybody's), ``zone`` of the
    asker, ``response_url``."""
    found = await _figures(place, notice)
    alt = alt_of(found)
    wanted = Wanted(found.today.isoformat(), panels_of(found), OVER, alt, "figures.png")
    file = await in_slack(place, notice, wanted)
    if isinstance(file, NotYet):
        return file
    said = {"file": file if isinstance(file, str) else "", "alt": alt}
    try:
        await respond(place, str(notice.facts.get("response_url", "")), metrics_asked(said, place.clock()))
    except SlackRefusedError as error:
        if not said["file"]:
            return StayQuiet(f"no picture, and no answer: {error.code}")
        await _in_person(place, notice, said)
        return Done(f"in person: {error.code}")
    return Done(said["file"])


async def export_figures(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """The file, in person. After a crash between sharing and its mark it may come twice; lost it is never. ``facts`` as
    above."""
    if notice.facts.get("files"):
        return Done("shared before")
    found = await _figures(place, notice)
    # Spreadsheets take a file without a byte order mark for one of another encoding.
    content = as_csv(found).encode("utf-8-sig")
    async with kept_fresh(place.db, notice):
        opened = await place.slack.call("conversations.open", users=str(notice.facts["asker"]))
        name = f"figures-{found.today.isoformat()}.csv"
        shared = await share(place.slack, str(opened["channel"]["id"]), SAID, [(name, content)])
    async with place.db.write() as tx:
        await remember(tx.session, notice.id, files=shared)
    return Done()


async def _figures(place: Workplace, notice: ClaimedNotice) -> Figures:
    facts = notice.facts
    today = place.clock().astimezone(zone_named(str(facts.get("zone") or "UTC"))).date()
    csm = number(facts, "csm")
    async with place.db.read() as session:
        if csm:
            asker = str(facts["asker"])
            return await figures.load(session, notice.workspace_id, today, csm=csm, csm_slack_id=asker)
        return await figures.load(session, notice.workspace_id, today)


async def _in_person(place: Workplace, notice: ClaimedNotice, said: Mapping[str, Any]) -> None:
    now = place.clock()
    key = f"{notice.key}:person"
    audience = f"{PERSON}{notice.facts['asker']}"
    new = NewNotice(key, ASKED, notice.lane, audience, now, facts=dict(said), priority=2)
    async with place.db.write() as tx:
        await notices.add(tx.session, notice.workspace_id, [new], now)
