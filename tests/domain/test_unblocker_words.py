"""Who unblocks, from the words of a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.unblocker_words import split_unblocker


@pytest.mark.parametrize(
    ("why", "rest", "who"),
    [
        ("waiting for X, Jonas unblocks", "waiting for X", "Jonas"),
        ("waiting for X, Jonas Berg can unblock it.", "waiting for X", "Jonas Berg"),
        ("waiting for X; unblocked by jonas@acme.com", "waiting for X", "jonas@acme.com"),
        ("no SSO certificate. Ask Maria", "no SSO certificate", "Maria"),
        ("waits for SSO (Jonas can help)", "waits for SSO", "Jonas"),
        ("wacht op SSO, Jonas kan het oplossen", "wacht op SSO", "Jonas"),
        ("wacht op SSO, Jonas deblokkeert", "wacht op SSO", "Jonas"),
        ("väntar på SSO, Jonas löser det", "väntar på SSO", "Jonas"),
        ("väntar på SSO, Jonas kan hjälpa oss", "väntar på SSO", "Jonas"),
        ("等待SSO证书，张伟负责解决", "等待SSO证书", "张伟"),
        ("等待SSO证书，由张伟处理", "等待SSO证书", "张伟"),
        ("menunggu SSO, Jonas boleh bantu", "menunggu SSO", "Jonas"),
        ("Jonas unblocks", "Jonas unblocks", "Jonas"),
        ("waiting for legal", "waiting for legal", ""),
        ("waiting for X, nobody can help", "waiting for X, nobody can help", ""),
        ("the customer asked Jonas for a quote", "the customer asked Jonas for a quote", ""),
        ("waiting for SSO to unblock us", "waiting for SSO to unblock us", ""),
        ("until legal can help, the contract waits", "until legal can help, the contract waits", ""),
    ],
)
def test_the_end_of_a_reason_names_who_unblocks(why: str, rest: str, who: str) -> None:
    assert split_unblocker(why) == (rest, who)


@given(why=st.text(max_size=300))
def test_any_text_is_taken(why: str) -> None:
    rest, who = split_unblocker(why)

    assert rest in why
    assert who in why
