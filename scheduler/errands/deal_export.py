"""The export of a deal somebody asked for: two files, to them in person."""

from typing import Final

from domain.text import clean
from messages.deal_export import as_html, as_json, document
from scheduler.charts.upload import share
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.errands.usage import kept_fresh
from scheduler.exports import told
from scheduler.workplace import Workplace
from storage import export
from storage.notices import ClaimedNotice
from storage.usage_charts import remember

SAID: Final = "Here is the export you asked for. The HTML page prints well, also as PDF; the JSON is for programs."
NAME: Final = 60


async def export_deal(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Make the files and share them with whoever asked. After a crash between sharing and its mark they may come twice;
    lost they are never. ``facts``: ``asker`` a Slack id, ``confidential`` whether they may read those parts."""
    if notice.facts.get("files"):
        return Done("shared before")
    now = place.clock()
    async with place.db.read() as session:
        found = await export.load(session, notice.deal_id or 0, place.metrics, now.date())
    if found is None:
        return StayQuiet("the deal is gone")
    made = document(found.picture, told(found), now, confidential=bool(notice.facts.get("confidential")))
    name = clean(f"deal {found.picture.facts.account.name}".replace("/", "-"), NAME).text
    page = as_html(found.picture, made, place.metrics, place.settings.timezone)
    files = [(f"{name}.html", page.encode()), (f"{name}.json", as_json(made).encode())]
    async with kept_fresh(place.db, notice):
        opened = await place.slack.call("conversations.open", users=str(notice.facts["asker"]))
        shared = await share(place.slack, str(opened["channel"]["id"]), SAID, files)
    async with place.db.write() as tx:
        # Kept so that an erasing finds them.
        await remember(tx.session, notice.id, files=shared)
    return Done()
