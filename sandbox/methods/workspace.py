"""`api.test`, `auth.test`, `apps.connections.open`, `team.info`, `oauth.v2.access`."""

from typing import Any

from sandbox.errors import SlackError
from sandbox.methods.table import Call, Method, row
from sandbox.rates import Tier

Json = dict[str, Any]
TEAM_ICONS = "https://a.slack-edge.com/80588/img/avatars-teams/ava_0001"
ICON_SIZES = (34, 44, 68, 88, 102, 132, 230)


def api_test(call: Call) -> Json:
    if call.maybe("error"):
        raise SlackError(call.text("error"), args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    world = call.core.world
    answer: Json = {"url": f"https://{world.team.domain}.slack.com/", "team": world.team.name, "team_id": world.team.id}
    if call.token is not None and call.token.kind == "app":
        return answer | {"app_name": world.app.name, "app_id": world.app.id}
    bot = world.people[world.app.bot_user_id]
    who = {"user": bot.name, "user_id": bot.id, "bot_id": world.app.bot_id}
    return answer | who | {"is_enterprise_install": False}


def connections_open(call: Call) -> Json:
    base = call.core.base_url.replace("http://", "ws://", 1)
    return {"url": f"{base}/link/?ticket={call.core.sockets.ticket()}&app_id={call.core.world.app.id}"}


def team_info(call: Call) -> Json:
    team = call.core.world.team
    if call.text("team", team.id) != team.id:
        raise SlackError("team_not_found")
    if call.maybe("domain") and not call.maybe("team"):
        raise SlackError("team_not_on_enterprise")
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "url": f"https://{team.domain}.slack.com/",
            "domain": team.domain,
            "email_domain": "",
            "icon": {"image_default": True, **{f"image_{size}": f"{TEAM_ICONS}-{size}.png" for size in ICON_SIZES}},
            "is_verified": False,
            "avatar_base_url": "https://ca.slack-edge.com/",
        }
    }


def oauth_access(call: Call) -> Json:
    world, codes = call.core.world, call.core.oauth
    if not call.maybe("client_id"):
        raise SlackError("invalid_client_id")
    if call.text("client_id") != world.client_id:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != world.client_secret:
        raise SlackError("bad_client_secret")
    if call.text("grant_type", "authorization_code") not in {"authorization_code"}:
        raise SlackError("invalid_grant_type")
    user = codes.redeem(call.text("code"), call.maybe("redirect_uri"))
    return {
        "app_id": world.app.id,
        "authed_user": {"id": user},
        "scope": ",".join(world.app.scopes),
        "token_type": "bot",
        "access_token": world.bot_token,
        "bot_user_id": world.app.bot_user_id,
        "team": {"id": world.team.id, "name": world.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


METHODS: tuple[Method, ...] = (
    row("api.test", Tier.OPEN, "error", api_test, token=None, any_argument=True),
    row("auth.test", Tier.SPECIAL, "team_id", auth_test, token="any"),  # noqa: S106 - a kind of token
    row("apps.connections.open", Tier.THREE, "", connections_open, scopes="connections:write",
        post_only=True, errors="insecure_request", token="app"),  # noqa: S106
    row("team.info", Tier.THREE, "team domain include_slackbot_availability:bool", team_info,
        scopes="team:read", errors="team_not_found team_not_on_enterprise"),
    row("oauth.v2.access", Tier.FOUR,
        "client_id client_secret code grant_type redirect_uri refresh_token code_verifier",
        oauth_access, token=None,
        errors="invalid_client_id bad_client_secret invalid_code code_already_used bad_redirect_uri"
        " invalid_grant_type"),
)  # fmt: skip
