"""No token, secret or password is ever written down, whichever way it reaches a log."""

import asyncio
import io
import json
import logging
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import set_up_logs
from bot.masking import Masker

BOT = "xoxb-111-222-AbCdEf"
APP = "xapp-1-A1-333-fedcba"
SIGNING = '8f742231b10e"8888abcd\\99'
WEBHOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PASSWORD = "hünter/2 &;"
SECRETS = (BOT, APP, SIGNING, WEBHOOK, PASSWORD)


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, threading.excepthook
    yield
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def _raise_with(secret: str) -> None:
    local = secret
    raise RuntimeError(f"could not connect with {local}") from ValueError(local)


def _plain(secret: str) -> None:
    structlog.get_logger("baton").info(f"token {secret}", value=secret, nested={"list": [secret]}, raw=secret.encode())


def _exception(secret: str) -> None:
    try:
        _raise_with(secret)
    except RuntimeError:
        structlog.get_logger("baton").exception("failed")
        logging.getLogger("slack_bolt.App").exception("failed with %s", secret)


def _libraries(secret: str) -> None:
    for name in (
        "slack_sdk.web",
        "slack_bolt.x",
        "uvicorn.error",
        "uvicorn.access",
        "aiohttp.client",
        "sqlalchemy.engine",
    ):
        logging.getLogger(name).warning("header Authorization: Bearer %s", secret, extra={"token": secret})


def _thread(secret: str) -> None:
    thread = threading.Thread(target=_raise_with, args=(secret,))
    thread.start()
    thread.join()


def _warning(secret: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"old token {secret}", UserWarning, stacklevel=1)


def _broken_line(secret: str) -> None:
    logging.getLogger("slack_sdk").warning("%d", secret)


def _loop(secret: str) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": f"lost {secret}", "exception": RuntimeError(secret)}
        )

    asyncio.run(main())


@pytest.mark.parametrize("way", [_plain, _exception, _libraries, _thread, _warning, _broken_line, _loop])
@pytest.mark.parametrize("style", ["console", "json"])
def test_no_secret_reaches_the_log(style: str, way: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    set_up_logs("json" if style == "json" else "console", SECRETS, debug=True, stream=out)
    for secret in SECRETS:
        way(secret)
    captured = capsys.readouterr()
    written = out.getvalue() + captured.out + captured.err
    assert out.getvalue()
    for secret in SECRETS:
        for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]):
            assert form not in written
    assert "AbCdEf" not in written
    assert "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" not in written


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("a token of somebody else: xoxb-9-8-unknown.", "unknown"),
        ("xoxe.xoxp-1-rotated", "rotated"),
        ("XAPP-1-UPPER", "UPPER"),
        ("secret whsec_c2VjcmV0c2VjcmV0", "c2Vj"),
        ("postgresql+psycopg://baton:s3cr/et@db:5432/baton", "s3cr"),
        ("http://user:open-sesame@proxy.example:8080/", "sesame"),
        ("connection failed: host=db password=swordfish dbname=x", "swordfish"),
        ("wss://slack.example/link/?ticket=abc-123&app_id=1", "abc-123"),
    ],
)
def test_what_looks_like_a_secret_is_masked(line: str, hidden: str) -> None:
    masked = Masker()(line)
    assert hidden not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "line", ["GET http://127.0.0.1:3000/readyz by ada@northwind.example", "deal 006A won, xox is no token"]
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert Masker(("secret-value",))(line) == line


@given(st.text(min_size=4, max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_a_known_secret_never_survives(secret: str, before: str, after: str) -> None:
    masked = Masker((secret,))(f"{before}{secret}{after}")
    assert secret not in masked or secret in "***" + after or secret in before + "***" or "***" in secret


def test_json_lines_are_json() -> None:
    out = io.StringIO()
    set_up_logs("json", SECRETS, stream=out)
    structlog.get_logger("baton").info("deal won", deal="006A", token=SIGNING)
    logging.getLogger("uvicorn.error").warning("slow")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines[0]["event"] == "deal won"
    assert lines[0]["token"] == "***"
    assert lines[0]["level"] == "info"
    assert lines[1]["logger"] == "uvicorn.error"


def test_a_closed_stream_stops_nothing() -> None:
    out = io.StringIO()
    set_up_logs("console", (), stream=out)
    out.close()
    logging.getLogger("baton").warning("nobody hears this")
    assert logging.getLogger().handlers[0].level > logging.CRITICAL
