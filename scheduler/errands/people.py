"""Finding a deal's people in Slack by the addresses the CRM gave."""

from typing import Final

from domain.picture import DealPicture, PersonCard
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage import assignment, due, home_changes, people
from storage.models import Deal, Person, Workspace
from storage.pictures import person_card
from storage.slack_people import facts_from_slack

NOT_THERE: Final = frozenset({"users_not_found", "user_not_found", "user_not_visible"})


async def find_people(place: Workplace, picture: DealPicture) -> DealPicture:
    """Look up seller and CSM who are named by address but not known yet, and write them onto the deal.

    A CSM who can't be found is replaced by the rule's choice, with the reason. Returns the picture as it is then.
    """
    facts = picture.facts
    ae = picture.ae.id if picture.ae else await _member(place, picture, facts.owner_email)
    named = picture.csm.id if picture.csm else await _member(place, picture, facts.csm_email or "")
    if (ae is not None) == (picture.ae is not None) and picture.csm is not None:
        return picture
    async with place.db.write() as tx:
        deal = await tx.session.get_one(Deal, picture.id, with_for_update={"key_share": True})
        deal.ae_id = deal.ae_id or ae
        if deal.csm_id is None and named is not None:
            deal.csm_id, deal.csm_why = named, "Named by the CRM."
            await people.note_assigned(tx.session, named, place.clock())
        elif deal.csm_id is None:
            unknown = f"{facts.csm_email} is not in Slack." if facts.csm_email else ""
            await assignment.assign_csm(
                tx.session,
                deal,
                region=facts.account.region,
                segment=facts.account.segment,
                why_not_named=unknown,
                now=place.clock(),
            )
        csm = await tx.session.get(Person, deal.csm_id) if deal.csm_id is not None else None
        if csm is not None:
            await due.retime_deal(tx.session, [deal.id], csm.zone)
        home_changes.deal_changed(tx.session, picture.workspace_id, deal.id, place.clock())
    found = await place.picture(picture.id)
    return found or picture


async def _member(place: Workplace, picture: DealPicture, email: str) -> int | None:
    """Our row id of the member with this address; asked of Slack and kept when it is not known yet."""
    if not email:
        return None
    async with place.db.read() as session:
        known = await people.by_email(session, picture.workspace_id, email)
        workspace = await session.get_one(Workspace, picture.workspace_id)
    if known is None:
        known = await _learn(place, workspace, "users.lookupByEmail", email=email)
    return known.id if known and not (known.is_guest or known.is_external or known.is_deleted) else None


async def meet_lead(place: Workplace, picture: DealPicture) -> PersonCard | None:
    """The customer-success lead of the settings, asked of Slack when not known already; None for none."""
    named = place.settings.lead
    known = await place.lead(picture.workspace_id)
    if not named or known:
        return known
    async with place.db.read() as session:
        workspace = await session.get_one(Workspace, picture.workspace_id)
    if "@" in named:
        found = await _learn(place, workspace, "users.lookupByEmail", email=named)
    else:
        found = await _learn(place, workspace, "users.info", user=named)
    return person_card(found) if found else None


async def _learn(place: Workplace, workspace: Workspace, method: str, **who: str) -> Person | None:
    """Ask Slack for a member and keep them; None when Slack does not know them."""
    try:
        answer = await place.slack.call(method, **who)
    except SlackRefusedError as error:
        if error.code in NOT_THERE:
            return None
        raise
    facts = facts_from_slack(answer["user"], workspace.team_id)
    async with place.db.write() as tx:
        await people.upsert(tx.session, workspace.id, [facts], place.clock())
        return await people.by_slack_id(tx.session, workspace.id, facts.slack_id)
