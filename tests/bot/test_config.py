"""Settings: what is accepted, and that every wrong value is named without being shown."""

from pathlib import Path

import pytest

from bot.config import need_slack, read_settings, webhook_key
from bot.errors import WrongUsage

WEBHOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = read_settings({})
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url.get_secret_value() == "sqlite:///baton.db"
    assert settings.baton_cs_channel == "customer-success"
    assert settings.baton_timezone == "UTC"
    assert settings.baton_channel_visibility == "private"
    assert settings.baton_log == "console"
    assert settings.baton_webhook_secret is None
    assert settings.socket_mode is False
    assert settings.baton_pace == 1.0


def test_values_are_read_from_environment_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BATON_CS_CHANNEL=from-file\nBATON_TIMEZONE='Europe/Stockholm'\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATON_CS_CHANNEL", "#from-env")
    monkeypatch.setenv("BATON_LOG", "JSON")
    monkeypatch.setenv("BATON_HOLIDAYS", "se, my")
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "")
    settings = read_settings()
    assert settings.baton_cs_channel == "from-env"
    assert settings.baton_timezone == "Europe/Stockholm"
    assert settings.baton_log == "json"
    assert settings.holiday_countries == ("SE", "MY")
    assert settings.baton_webhook_secret is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-secret"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-1 secret"),
        ("SLACK_APP_TOKEN", "xoxb-1-secret"),
        ("SLACK_SIGNING_SECRET", "two secret\nlines"),
        ("SLACK_API_URL", "slack.com/api"),
        ("SLACK_API_URL", "ftp://slack.com/"),
        ("SLACK_API_URL", "http://host:99999999/"),
        ("DATABASE_URL", "mysql://user:secret@host/db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "secret"),
        ("BATON_WEBHOOK_SECRET", "secret"),
        ("BATON_WEBHOOK_SECRET", "whsec_"),
        ("BATON_WEBHOOK_SECRET", "whsec_secret!"),
        ("BATON_CS_CHANNEL", "two words"),
        ("BATON_CS_LEAD", "eva"),
        ("BATON_TIMEZONE", "Stockholm"),
        ("BATON_TIMEZONE", "../../etc/passwd"),
        ("BATON_HOLIDAYS", "SE,XX"),
        ("BATON_PLAYBOOKS", "/nowhere/at/all"),
        ("BATON_CHANNEL_VISIBILITY", "hidden"),
        ("BATON_LOG", "xml"),
        ("BATON_CLOCK_URL", "clock"),
        ("BATON_PACE", "fast"),
        ("BATON_POSTS_PER_MINUTE", "0"),
        ("BATON_POSTS_PER_MINUTE", "many"),
        ("BATON_PACE", "-1"),
        ("BATON_PACE", "nan"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(WrongUsage) as refusal:
        read_settings({name: value})
    sentence = str(refusal.value)
    assert sentence.startswith(f"{name}: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "secret@" not in sentence
    assert "xoxp" not in sentence
    assert refusal.value.exit_code == 2


def test_several_wrong_values_are_counted() -> None:
    with pytest.raises(WrongUsage, match=r"^BATON_TIMEZONE: .*1 more variable is wrong"):
        read_settings({"BATON_TIMEZONE": "x", "BATON_LOG": "x"})


def test_an_environment_file_that_is_not_text_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BATON_LOG=\xff\xfe\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongUsage, match=r"\.env can't be read"):
        read_settings()


def test_the_address_of_the_api_gets_its_slash() -> None:
    assert read_settings({"SLACK_API_URL": "http://127.0.0.1:9/api"}).slack_api_url == "http://127.0.0.1:9/api/"


def test_secrets_lists_every_secret_and_repr_shows_none() -> None:
    settings = read_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-1-aaa",
            "SLACK_APP_TOKEN": "xapp-1-bbb",
            "SLACK_SIGNING_SECRET": "cccccc",
            "BATON_WEBHOOK_SECRET": WEBHOOK,
            "DATABASE_URL": "postgresql://baton:p%40ss@db.example/baton",
        }
    )
    assert set(settings.secrets()) == {"xoxb-1-aaa", "xapp-1-bbb", "cccccc", WEBHOOK, "p@ss"}
    assert settings.socket_mode
    assert not any(secret in repr(settings) for secret in (*settings.secrets(), "p%40ss"))


def test_run_says_which_slack_variable_is_missing() -> None:
    with pytest.raises(WrongUsage, match="SLACK_BOT_TOKEN is not set"):
        need_slack(read_settings({}))
    with pytest.raises(WrongUsage, match="SLACK_SIGNING_SECRET"):
        need_slack(read_settings({"SLACK_BOT_TOKEN": "xoxb-1"}))


def test_a_webhook_key_may_lack_its_padding() -> None:
    assert webhook_key("whsec_YWJjZA") == webhook_key("whsec_YWJjZA==") == b"abcd"
