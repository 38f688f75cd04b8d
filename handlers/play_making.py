"""How plays come to be and follow what billing tells and who looks after a customer. Each in the caller's
transaction."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.calendar import zone_named
from domain.person import PersonCard
from domain.plays.changes import Effect, Episode, episodes
from domain.plays.keeping import keep
from domain.plays.task import first_due
from handlers import digests, outbox
from handlers.outbox import SOON, to_person
from handlers.services import Services
from storage import due, mornings, people, plays, subscriptions
from storage.database import Tx
from storage.models import Account, Deal
from storage.notices import NewNotice
from storage.pictures import person_card
from storage.plays import NewPlay
from storage.subscriptions import Known

TO_CS: Final = "cs"
KIND: Final[Mapping[Effect, str]] = MappingProxyType(
    {
        Effect.UPGRADE: "plan_upgraded",
        Effect.DOWNGRADE: "plan_downgraded",
        Effect.CANCEL: "subscription_canceled",
        Effect.KEPT: "subscription_kept",
    }
)
"""What a notice about a play of each effect is called."""


def key_of(account_id: int, episode: Episode) -> str:
    """The occurrence of a play's message: the effect, and the change it was opened for."""
    return f"account:{account_id}:plan:{episode.effect}:{episode.first.id}"


async def keep_plays(services: Services, tx: Tx, account: Known, account_ref: str) -> bool:
    """Bring the plays of a customer in line with all that billing told of it; False when it told nothing."""
    session, now = tx.session, services.clock()
    told = await subscriptions.of_account(session, services.people.workspace_id, account_ref)
    if not told:
        return False
    around = await plays.keepers(session, account.id)
    found = episodes(told, services.plans, around.plan)
    steps = keep(found, await plays.known(session, account.id), now)
    let_go = {number: await plays.let_go(session, number, why) for number, why in steps.gone}
    held = {number: await plays.hold(session, number, episode) for number, episode in steps.held}
    changed = {number: key for number, key in (let_go | held).items() if key is not None}
    await outbox.redraw(services, tx, list(changed.values()))
    for number in changed:
        await refresh_digests(services, tx, number)
    for episode in steps.opened:
        await _open(services, tx, account.id, episode, around.csm)
    return True


async def _open(services: Services, tx: Tx, account_id: int, episode: Episode, csm: PersonCard | None) -> None:
    """A play for an episode, told to the CSM; without one the customer-success channel is told, and the task is the
    lead's."""
    now, workspace, key = services.clock(), services.people.workspace_id, key_of(account_id, episode)
    owner = csm or await lead(services, tx)
    if owner is not None:
        reader = await mornings.reader(tx.session, workspace, owner.slack_id)
        assert reader is not None
        days = services.calendars.days(owner.zone, reader.settings.country, reader.settings.weekdays)
        today = now.astimezone(zone_named(owner.zone)).date()
        task_due = first_due(episode.effect, max(today, reader.settings.away_until or today), days)
        await due.ensure_mornings(tx.session, workspace, [(owner.id, owner.zone)], now)
    else:
        task_due = first_due(episode.effect, services.today(services.settings.timezone), services.days)
    new = NewPlay(workspace, account_id, episode, key, owner, csm is not None, task_due)
    play_id = await plays.add(tx.session, new, now)
    await outbox.say(services, tx, _notice(services, account_id, episode.effect, play_id, key, csm))


def _notice(
    services: Services, account_id: int, effect: Effect, play_id: int, key: str, csm: PersonCard | None
) -> NewNotice:
    return NewNotice(
        key=key,
        kind=KIND[effect],
        lane=f"account:{account_id}:plan",
        audience=to_person(csm.slack_id) if csm else TO_CS,
        not_before=services.clock(),
        facts={"play": play_id},
        priority=SOON,
    )


async def deal_opened(services: Services, tx: Tx, deal_id: int) -> None:
    """The CRM told of a customer's deal: what billing told before is looked at now, and goes to the deal's CSM."""
    deal = await tx.session.get_one(Deal, deal_id)
    account = await tx.session.get_one(Account, deal.account_id)
    if await keep_plays(services, tx, Known(account.id, account.name), account.external_id):
        await follow_csm(services, tx, deal_id)


async def follow_csm(services: Services, tx: Tx, deal_id: int) -> None:
    """A deal has another CSM: the open plays of its customer go to whoever looks after it now."""
    deal = await tx.session.get_one(Deal, deal_id)
    csm = (await plays.keepers(tx.session, deal.account_id)).csm
    for play in await plays.open_of(tx.session, deal.account_id):
        if csm is None or (play.has_csm and play.owner is not None and play.owner.id == csm.id):
            continue
        base = play.key.partition(":for:")[0]
        key = f"{base}:for:{csm.id}"
        await refresh_digests(services, tx, play.id)
        await plays.hand_over(tx.session, play.id, csm, key)
        await due.ensure_mornings(tx.session, services.people.workspace_id, [(csm.id, csm.zone)], services.clock())
        await outbox.redraw(services, tx, [play.key])
        new = _notice(services, deal.account_id, play.effect, play.id, key, csm)
        await outbox.say_or_redraw(services, tx, new)


async def refresh_digests(services: Services, tx: Tx, play_id: int) -> None:
    """A play changed: the digests of its owner and of the lead that show it are edited in place."""
    play = await plays.load(tx.session, play_id)
    if play is None:
        return
    boss = await lead(services, tx)
    readers = {card.id for card in (play.owner, boss) if card is not None}
    await digests.refresh_for(services, tx, readers, f"play:{play_id}")


async def lead(services: Services, tx: Tx) -> PersonCard | None:
    """The customer-success lead, when one is named and known in Slack."""
    named = services.settings.lead.strip()
    if not named:
        return None
    find = people.by_email if "@" in named else people.by_slack_id
    found = await find(tx.session, services.people.workspace_id, named)
    return person_card(found) if found else None
