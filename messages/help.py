"""What each command does, said only of what works."""

from typing import Final

from messages.text import escape

DEAL: Final = """*/deal* – the deals and their channels
• `/deal` in a deal's channel: its card, for you alone
• `/deal acme`: find a deal by the customer's or the deal's name
• `/deal won`: record a closed deal by hand
• `/deal assign @somebody`: change the CSM
• `/deal export`: all that is known of it as files, to you in person
• `/deal close`: finish the deal and archive its channel"""

HANDOFF: Final = """*/handoff* – what sales passes on
• `/handoff`: open the form of this channel's deal; elsewhere pick one of yours
• `/handoff status`: how complete it is and what is open
• `/handoff ask Who signs off the data migration?`: ask; it stays open until answered
• `/handoff accept`: take it over
• `/handoff return The rollout's dates are missing`: give it back and say what is missing
• `/handoff promises`: what was promised, and what became of it"""

MILESTONE: Final = """*/milestone* – the plan of this channel's deal
• `/milestone`: the plan with its buttons, for you alone; `/milestone 3` opens one milestone, `/milestone show` all
• `/milestone add Data loaded by next Friday @owner`: dates in plain words, in five languages
• `/milestone done 3 https://…`: the rest is the evidence; a title will do instead of the number: `done kickoff`
• `/milestone move 3 to next Friday`: shows first what moves along
• `/milestone block 3 waits for SSO, @somebody can help` · `unblock 3` · `start 3`
• `/milestone skip 3 they have no old data` · `reopen 3`
• `/milestone kickoff Tuesday at 14:00` · `kickoff held` · `win First 20 people log in`
• `/milestone evidence 3 https://…`; without a number, what is missing
• `/milestone playbook`: follow another one
• `/milestone undo`: take back your last change, within ten minutes"""

CS: Final = """*/cs* – your customers
• `/cs`: all of them on one screen, the most urgent first, for you alone
• `/cs health`: why each is healthy or at risk; in a deal's channel, or `/cs health acme`, of one customer
• `/cs log call Agreed on the go-live date`: keep a call, email or meeting; elsewhere you pick the customer
• `/cs wow First invoice paid in two days`: a customer won something; the customer-success channel hears of it
• `/cs welcome`: what to say in the welcome call, from the handoff; a button posts it to the deal's channel
• `/cs metrics`: how long onboarding takes, and whether that changes; the lead sees the team's, a CSM their own
• `/cs retro`: what sales forgets to tell (for the lead and admins)
• `/cs usage` in a deal's channel: how its customer uses the product, chart and numbers, for you alone
• `/cs usage acme`: the same of a customer by name
• `/cs help`: this"""

BATON: Final = """*/baton* – Baton itself
• `/baton status`: how Baton is doing, and messages that could not be delivered
• `/baton settings`: your working hours, holidays, reminders and days off
• `/baton csms`: who is a CSM (for the lead and admins)
• `/baton audit`: who did what, when and from where (for the lead and admins); `audit @somebody`, `audit acme`
• `/baton help`: this"""

BY_COMMAND: Final = {
    "/deal": DEAL,
    "/handoff": HANDOFF,
    "/milestone": MILESTONE,
    "/cs": CS,
    "/baton": f"{BATON}\n\n{DEAL}\n\n{HANDOFF}\n\n{MILESTONE}\n\n{CS}",
}


def unknown_word(command: str, word: str, nearest: str | None) -> str:
    """The answer to a word the command does not know."""
    meant = f" Did you mean `{command} {nearest}`?" if nearest else ""
    return f"“{escape(word[:40])}” is not something `{command}` knows.{meant}\n\n{BY_COMMAND[command]}"


NOT_HERE: Final = (
    "This channel belongs to no deal. Go to the deal's channel, or find it with `/deal` and the customer's name."
)
