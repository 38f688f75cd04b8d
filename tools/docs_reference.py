"""The reference pages of the documentation, made from the code: commands, settings, webhooks, playbooks, what one may
type in Slack, and the kinds of messages.

MkDocs calls `on_files` (mkdocs.yml, `hooks`). The pages are made anew whenever the site is built and are kept nowhere,
so they can't be older than the code.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from fastapi import FastAPI
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bot.cli import COMMANDS, load
from bot.config import Settings
from bot.playbook_shape import CONDITION_FIELDS, SHAPES
from domain.playbook import Kind, Role
from handlers.services import Services
from handlers.webhooks.models import EVENTS
from handlers.webhooks.openapi import describe_events
from handlers.webhooks.router import webhook_router
from messages.catalog import BUILDERS, PERSONAL
from messages.help import BY_COMMAND
from scheduler.courier import ERRANDS, READ

ROUTE: Final = "/webhooks/baton"
NONE: Final = "–"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to the site. MkDocs gives the arguments by name."""
    for name, make in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=make()))
    return files


# Commands


def commands() -> str:
    """`baton` in a shell."""
    lines = [
        "# Commands",
        "",
        "`baton COMMAND`, or `python -m bot COMMAND`. Exit codes: 0 done, 1 the work failed, 2 wrong usage or",
        "configuration. `--debug` before the command shows the traceback when something goes wrong.",
        "",
    ]
    for entry in COMMANDS:
        command = load(entry)
        subs: Mapping[str, Any] = getattr(command, "commands", {})
        if not subs:
            lines += _command(f"baton {entry.name}", command)
        for name, sub in subs.items():
            lines += _command(f"baton {entry.name} {name}", sub)
    return "\n".join(lines)


def _command(name: str, command: Any) -> list[str]:  # noqa: ANN401 - Typer's own class is private
    lines = [f"## {name}", "", " ".join(str(command.help or "").split()), ""]
    rows = [
        (f"`{_usage(one)}`", str(one.help or ""), _default(one))
        for one in command.params
        if not one.hidden and one.name != "help"
    ]
    return [*lines, *_table(("argument or option", "does", "default"), rows)] if rows else lines


def _usage(parameter: Any) -> str:  # noqa: ANN401
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper()) + ("…" if parameter.nargs == -1 else "")
    return " / ".join([*parameter.opts, *parameter.secondary_opts])


def _default(parameter: Any) -> str:  # noqa: ANN401
    if parameter.required:
        return "has to be given"
    return NONE if parameter.default in (None, "", False) else f"`{parameter.default}`"


# Settings


def settings() -> str:
    """The environment."""
    rows = [
        (f"`{name.upper()}`", _shown(field), field.description or "") for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Read from the environment, else from a file `.env` in the folder where Baton is started. A wrong value",
            "stops the start with the variable's name. Tokens and secrets are never written to the log.",
            "",
            *_table(("variable", "default", "meaning"), rows),
        ]
    )


def _shown(field: FieldInfo) -> str:
    value = cast("object", field.default)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return NONE if value in (None, "") or value is PydanticUndefined else f"`{value}`"


# Webhooks


def described() -> dict[str, Any]:
    """The OpenAPI description of the webhook, as `/openapi.json` gives it."""
    app = FastAPI(title="Baton")
    # The route only keeps the services; nothing is asked of them here.
    app.include_router(webhook_router(cast("Services", None), None))
    describe_events(app)
    return app.openapi()


def webhooks() -> str:
    """The events, their fields and the answers."""
    api = described()
    schemas, post = api["components"]["schemas"], api["paths"][ROUTE]["post"]
    lines = [
        "# Webhooks",
        "",
        f"`POST {ROUTE}`, a JSON object with `type`, `timestamp` (ISO 8601) and `data`, at most 5 MiB. A running Baton",
        "describes the same at `/docs` and `/openapi.json`. Programs that send them: [examples](../examples/index.md).",
        "Of the fields, those with `*` have to be there.",
        "",
        "## Headers",
        "",
        *_table(("header", "holds"), [(f"`{one['name']}`", one["description"]) for one in post["parameters"]]),
    ]
    for kind, model in EVENTS.items():
        example = schemas[model.__name__]["examples"][0]
        body = {"type": kind, "timestamp": "2026-11-20T15:04:05Z", "data": example}
        lines += [f"## {kind}", "", schemas[model.__name__]["description"], ""]
        lines += _table(("field of `data`", "kind", "meaning"), list(_fields(schemas, model.__name__)))
        lines += ["```json", json.dumps(body, ensure_ascii=False, indent=2), "```", ""]
    lines += ["## Answers", ""]
    rows = [(code, _answer(code, one["description"])) for code, one in post["responses"].items()]
    lines += _table(("status", "means"), rows)
    lines += ["`202` and `422` carry what was taken in and what was not, `refused` naming field and reason:", ""]
    lines += ["```json", json.dumps({"accepted": 1, "duplicates": 0, "refused": []}), "```", ""]
    return "\n".join(lines)


def _answer(code: str, description: str) -> str:
    return "Taken in; or it had been before, and counts as a duplicate" if code == "202" else description


def _fields(schemas: Mapping[str, Any], name: str, before: str = "") -> Iterator[tuple[str, str, str]]:
    """Each field with its kind and meaning; those of an object inside follow it, as `account.id`."""
    needed = schemas[name].get("required", [])
    for field, schema in schemas[name]["properties"].items():
        inner = _inner(schema)
        shown = f"`{before}{field}`{' *' if field in needed else ''}"
        yield shown, _kind(schema), _meaning(schemas, schema, inner)
        if inner:
            yield from _fields(schemas, inner, f"{before}{field}{'[]' if 'items' in schema else ''}.")


def _inner(schema: Mapping[str, Any]) -> str:
    found = schema.get("$ref") or schema.get("items", {}).get("$ref") or ""
    return str(found).rpartition("/")[2]


def _meaning(schemas: Mapping[str, Any], schema: Mapping[str, Any], inner: str) -> str:
    nested = [one for one in schema.get("anyOf", ()) if "description" in one]
    text = schema.get("description") or (nested[0]["description"] if nested else "")
    return str(text or (schemas[inner]["description"] if inner else ""))


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few plain words: `text`, `number or text`, `list of text`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind for one in schema["anyOf"] if (kind := _kind(one))))
    if "$ref" in schema:
        return "object"
    kinds = schema.get("type", "")
    names = [_KINDS.get(str(one), "") for one in ([kinds] if isinstance(kinds, str) else kinds)]
    kind = " or ".join(name for name in names if name)
    if schema.get("format") in _FORMATS:
        kind = _FORMATS[schema["format"]]
    if kind == "list":
        kind = f"list of {_kind(schema['items'])}s"
    bounds = [f"{schema[key]:,.15g}" for key in ("minimum", "maximum") if key in schema]
    return f"{kind} {'–'.join(bounds)}" if len(bounds) == 2 else kind


_KINDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
}
_FORMATS: Final = {"date-time": "time (ISO 8601)", "date": "day (`2026-12-31`)", "uri": "web address"}


# Playbooks


def playbooks() -> str:
    """The keys of a playbook file."""
    lines = [
        "# Playbooks",
        "",
        "A YAML file with `playbook:` at its top, in the folder `BATON_PLAYBOOKS` names. `baton check` reads all of",
        "them and names each mistake with file and line.",
        "How to write one: [for admins](../how-to/admin.md#your-own-playbook).",
        "",
    ]
    titles = {"": "A file", "steps": "Each of `steps`", "only_if": "`only_if` of a step"}
    for key, shape in SHAPES.items():
        rows = [
            (f"`{name}` *", NONE, field.description)
            if field.is_required()
            else (f"`{name}`", _written(field), field.description)
            for name, field in shape.model_fields.items()
        ]
        lines += [f"## {titles[key]}", "", *_table(("key", "default", "meaning"), rows)]
    words = {
        "`responsible`, `accountable`, `consulted`, `informed`": [one.value for one in Role],
        "`kind`": [one.value for one in Kind],
        "`only_if.field`": list(CONDITION_FIELDS),
    }
    lines += ["`*` has to be there. Each step needs `working_days` or `by_day`.", "", "## Words", ""]
    lines += _table(("key", "one of"), [(key, ", ".join(f"`{one}`" for one in known)) for key, known in words.items()])
    return "\n".join(lines)


def _written(field: FieldInfo) -> str:
    value = cast("object", field.default)
    return NONE if value in (None, "", []) else f"`{json.dumps(value)}`"


# Slack


def slack() -> str:
    """What one may type in Slack."""
    lines = [
        "# In Slack",
        "",
        "Each command answers `help`; a word it does not know gets the nearest one. Dates are read in plain English,",
        "Chinese, Dutch, Swedish and Malay.",
        "",
    ]
    for command, text in BY_COMMAND.items():
        # The first part is the command's own; /baton lists all of them.
        own = text.split("\n\n")[0].split("\n")
        lines += [f"## {command}", ""]
        lines += [re.sub(r"\*(/\w+)\* – (\w)", lambda m: m[2].upper(), own[0]) + ".", ""]
        lines += [line.replace("• ", "- ", 1) for line in own[1:]] + [""]
    return "\n".join(lines)


# Messages


def messages() -> str:
    """The kinds of messages and errands."""
    builders: dict[str, Any] = {**BUILDERS, **PERSONAL, **dict(sorted(READ.items()))}
    errands = dict(ERRANDS)
    return "\n".join(
        [
            "# Messages",
            "",
            "Every message of Baton carries metadata, by which your own programs can know it:",
            "",
            "```json",
            '{"event_type": "baton_notice", "event_payload": {"kind": "deal_opened", "key": "deal:41:card"}}',
            "```",
            "",
            "One `key` is never posted twice. When the facts change the message is edited in place.",
            "",
            *_table(("kind", "says"), [(f"`{kind}`", _said(builder)) for kind, builder in builders.items()]),
            "## Errands",
            "",
            "Work in Slack that goes the same way as messages and shows in `baton check` when it could not be done.",
            "",
            *_table(("kind", "does"), [(f"`{kind}`", _said(errand)) for kind, errand in errands.items()]),
        ]
    )


def _said(builder: Callable[..., Any]) -> str:
    """The first paragraph of what it says of itself, without the facts it needs."""
    paragraph = " ".join((builder.__doc__ or "").split("\n\n")[0].split())
    return re.split(r"\s*``facts``", paragraph)[0].replace("``", "`")


def _table(heading: Sequence[str], rows: Sequence[Sequence[str | None]]) -> list[str]:
    """A Markdown table; an empty line after it."""
    lines = [heading, ["---"] * len(heading), *rows]
    return ["| " + " | ".join(str(cell or NONE).replace("|", "\\|") for cell in line) + " |" for line in lines] + [""]


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands,
    "settings": settings,
    "slack": slack,
    "webhooks": webhooks,
    "playbooks": playbooks,
    "messages": messages,
}
"""The pages, by their names under `reference/`."""
