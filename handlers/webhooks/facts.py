"""From the fields of a webhook, or of a file with the same ones, to the facts of a deal."""

from domain.deals import AccountFacts, DealFacts
from handlers.webhooks.models import Account, DealWon


def deal_facts(won: DealWon) -> DealFacts:
    """The facts of a deal; what was left empty is None."""
    return DealFacts(
        id=won.id,
        name=won.name,
        account=account_facts(won.account),
        closed_at=won.closed_at,
        owner_email=won.owner_email,
        amount=won.amount,
        currency=won.currency or None,
        csm_email=won.csm_email or None,
        crm_url=won.crm_url or None,
        products=tuple(won.products),
        plan=won.plan or None,
        notes=won.notes or None,
        playbook=won.playbook or None,
        renews_on=won.renews_at,
    )


def account_facts(account: Account) -> AccountFacts:
    """The facts of an account; what was left empty is None."""
    return AccountFacts(
        id=account.id,
        name=account.name,
        domain=account.domain or None,
        segment=account.segment or None,
        region=account.region or None,
    )
