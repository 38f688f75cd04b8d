"""Who is asking: people are known from the database, and asked of Slack the first time somebody unknown appears."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.access import PersonFacts
from domain.clock import Clock
from domain.picture import PersonCard
from domain.settings import USUAL, PersonSettings, locale_of
from storage import people, settings
from storage.database import Database
from storage.models import Person
from storage.pictures import person_card
from storage.slack_people import facts_from_slack

KEEP_S: Final = 60.0
"""How long a person is trusted without looking again; a ``user_change`` event ends it at once in this process."""

UsersInfo = Callable[[str], Awaitable[Mapping[str, Any]]]
"""Asks Slack's ``users.info`` for a user id and returns its ``user`` object."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who asks something of Baton, in which workspace, and what Slack says they are."""

    workspace_id: int
    team_id: str
    card: PersonCard
    facts: PersonFacts


class PeopleDirectory:
    """Finds who is asking. One token, one workspace: its ids are set when Slack is reached."""

    def __init__(self, db: Database, clock: Clock, users_info: UsersInfo) -> None:
        self._db, self._clock, self._users_info = db, clock, users_info
        self._known: dict[str, tuple[float, Asker]] = {}
        self.workspace_id = 0
        self.team_id = ""

    def of_workspace(self, workspace_id: int, team_id: str) -> None:
        """The workspace the token belongs to."""
        self.workspace_id, self.team_id = workspace_id, team_id
        self._known.clear()

    def forget(self, slack_id: str) -> None:
        """Something about this person changed: look again next time."""
        self._known.pop(slack_id, None)

    async def find(self, slack_id: str) -> Asker:
        """The person with this Slack id. Raises Slack's error when somebody unknown can't be looked up."""
        kept = self._known.get(slack_id)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        async with self._db.read() as session:
            person = await people.by_slack_id(session, self.workspace_id, slack_id)
            chosen = await settings.load(session, person.id) if person is not None else USUAL
        if person is None:
            person = await self._learn(slack_id)
        asker = self._asker(person, chosen)
        self._known[slack_id] = (time.monotonic() + KEEP_S, asker)
        return asker

    async def _learn(self, slack_id: str) -> Person:
        user = await self._users_info(slack_id)
        async with self._db.write() as tx:
            await people.upsert(tx.session, self.workspace_id, [facts_from_slack(user, self.team_id)], self._clock())
            person = await people.by_slack_id(tx.session, self.workspace_id, slack_id)
        assert person is not None
        return person

    def _asker(self, person: Person, chosen: PersonSettings) -> Asker:
        card = person_card(person)
        return Asker(
            workspace_id=self.workspace_id,
            team_id=self.team_id,
            card=replace(card, locale=locale_of(chosen, card.locale)),
            facts=PersonFacts(
                workspace=self.team_id,
                is_guest=person.is_guest,
                is_external=person.is_external,
                is_bot=person.is_bot,
                is_deleted=person.is_deleted,
                is_admin=person.is_admin,
            ),
        )
