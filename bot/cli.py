"""The `baton` command. Each sub-command lives in a module of `bot.commands`, loaded when it is called for: all of them
together take a second to load, and `baton --help` needs none."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperGroup

from bot.errors import FAILED, Failure
from bot.masking import Masker
from storage.troubles import sentence_of

SECRETS: Final = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "BATON_WEBHOOK_SECRET")


class Command(NamedTuple):
    """A sub-command: the module and function that do it, and one line of help."""

    name: str
    place: str
    help: str


COMMANDS: Final = (
    Command("demo", "bot.commands.demo:demo", "Start the local Slack and Baton together, and print one URL to open."),
    Command("run", "bot.commands.run:run", "Run Baton against Slack, by Socket Mode or HTTP."),
    Command("manifest", "bot.commands.manifest:manifest", "Print the manifest to make the Slack app from."),
    Command("migrate", "bot.commands.migrate:migrate", "Bring the database to the newest schema."),
    Command("check", "bot.commands.check:check", "Say, line by line, whether everything is set up right."),
    Command("sandbox", "bot.commands.sandbox:sandbox", "Start the local Slack alone."),
    Command("date", "bot.commands.date:date", "Show how Baton reads dates typed in plain words."),
    Command("tick", "bot.commands.tick:tick", "Do everything that is due once, and exit."),
    Command("csms", "bot.commands.csms:csms", "Who takes customers over: import them, list them."),
    Command("import", "bot.commands.import_:import_app", "Customers you have already: people, accounts and deals."),
    Command("backup", "bot.commands.backup:backup", "Copy the database into a file, also while Baton runs."),
    Command("restore", "bot.commands.backup:restore", "Put a copy in the database's place."),
    Command("export", "bot.commands.export:export", "Write everything known of one deal, as JSON or HTML."),
    Command("erase", "bot.commands.erase:erase", "Erase a customer or somebody, as privacy law asks."),
    Command("usage", "bot.commands.usage:usage", "What customers do in the product: replay a history."),
)


class _LazyGroup(TyperGroup):
    """Lists commands from the table above, and loads the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer's own context type is private
        return [command.name for command in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        known = {command.name: command for command in COMMANDS}
        command = known.get(cmd_name)
        return None if command is None else _stub(command)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        name, stub, rest = super().resolve_command(ctx, args)
        if stub is None:
            return name, stub, rest
        command = next(command for command in COMMANDS if command.name == name)
        return name, load(command), rest


def _plain_app(**settings: Any) -> typer.Typer:  # noqa: ANN401 - Typer's settings
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **settings)


def _stub(command: Command) -> Any:  # noqa: ANN401
    """A command that only has a name and its line of help."""

    def nothing() -> None:
        """Never called: the real command is loaded instead."""

    app = _plain_app()
    app.command(command.name, help=command.help)(nothing)
    return typer.main.get_command(app)


def load(command: Command) -> Any:  # noqa: ANN401
    """The command itself, with its options, as Typer makes it."""
    module, _, function = command.place.partition(":")
    found: Callable[..., None] | typer.Typer = getattr(import_module(module), function)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    app = _plain_app()
    app.command(command.name, help=found.__doc__)(found)
    return typer.main.get_command(app)


def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback when something goes wrong.")] = False,
) -> None:
    """Baton passes each closed deal from sales to customer success inside Slack.

    Settings come from the environment and from .env; the README lists them.
    """
    del debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 the work failed, 2 wrong usage or configuration."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    app = _plain_app(name="baton", cls=_LazyGroup, no_args_is_help=True)
    app.callback()(_root)
    mask = Masker(value for name in SECRETS if (value := os.environ.get(name)))
    try:
        app(args=[word for word in given if word != "--debug"], prog_name="baton")
    except Failure as failure:
        _leave(mask(str(failure)), failure.exit_code, debug, mask)
    except KeyboardInterrupt:
        _leave("Stopped.", FAILED, False, mask)
    except Exception as error:  # noqa: BLE001 - the last place before the person: a sentence, never a traceback
        known = sentence_of(error)
        sentence = known or f"Something went wrong that Baton did not expect: {type(error).__name__}."
        hint = "" if debug or known else " Run it again with --debug to see where."
        _leave(mask(sentence + hint), FAILED, debug, mask)


def _leave(sentence: str, code: int, debug: bool, mask: Masker) -> None:
    if debug:
        typer.echo(mask(traceback.format_exc()), err=True, nl=False)
    typer.echo(f"baton: {sentence}", err=True)
    raise SystemExit(code)
