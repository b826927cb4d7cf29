"""Settings: environment variables with safe values, refused loudly when they are wrong."""

import re
from pathlib import Path

import pytest

from services.settings import PREFIX, Settings, WrongSettings, read_settings

README = Path(__file__).resolve().parents[2] / "README.md"
TOKEN = "long enough to be safe"


def told(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What is said when these variables are set."""
    for name, value in variables.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(WrongSettings) as raised:
        read_settings()
    return str(raised.value)


def name_two_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what the providers entra and okta need; okta also says the rest."""
    for name in ("ENTRA", "OKTA"):
        monkeypatch.setenv(f"{PREFIX}OIDC_{name}_ISSUER", f"https://{name.lower()}.example.com")
        monkeypatch.setenv(f"{PREFIX}OIDC_{name}_CLIENT_ID", "stillwatch")
        monkeypatch.setenv(f"{PREFIX}OIDC_{name}_CLIENT_SECRET", f"hunter2 of {name}")
    monkeypatch.setenv(f"{PREFIX}OIDC_OKTA_LABEL", "Partners")
    monkeypatch.setenv(f"{PREFIX}OIDC_OKTA_ROLES_CLAIM", "groups")


def test_without_any_variable_the_system_is_private_and_its_admin_api_is_off() -> None:
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8501)
    assert settings.admin_token is None
    assert settings.freshchat_url is None
    assert (settings.watch_seconds, settings.probe_seconds) == (60, 900)
    assert settings.freshchat_endings == (".freshchat.com", ".myfreshworks.com")
    assert settings.database_path.is_relative_to(Path(__file__).resolve().parents[2] / "data" / "var")


def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {
        "DATABASE": str(tmp_path / "x.duckdb"),
        "HOST": "::1",
        "PORT": "9000",
        "PUBLIC_URL": "https://stillwatch.example.com/",
        "SECRET_KEY": "k",
        "ADMIN_TOKEN": TOKEN,
        "FRESHCHAT_URL": "http://127.0.0.1:9000",
        "FRESHCHAT_HOSTS": ".freshchat.com, .Example.org",
        "WATCH_SECONDS": "1.5",
        "PROBE_SECONDS": "60",
        "REQUESTS_PER_MINUTE": "5",
        "AUDIT_DAYS": "90",
        "ACTIVITY_DAYS": "60",
        "PROBE_DAYS": "61",
        "BACKFILL_DAYS": "62",
        "ALERT_DAYS": "63",
        "PING_URL": "https://hc.example.com/ping/abc",
        "SIGN_IN": "accounts, oidc,proxy",
        "FIRST_ADMIN": "Kim@example.com",
        "OIDC_ISSUER": "https://login.example.com/realms/staff",
        "OIDC_CLIENT_ID": "stillwatch",
        "OIDC_CLIENT_SECRET": "s",
        "OIDC_ROLES_CLAIM": "groups",
        "OIDC_LABEL": "Staff",
        "OIDC_PROVIDERS": "Entra, okta",
        "TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16",
        "SESSION_IDLE_MINUTES": "30",
        "SESSION_HOURS": "8",
    }
    assert {name.lower() for name in values} == set(Settings.model_fields)
    name_two_providers(monkeypatch)
    for name, value in values.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    settings = read_settings()
    assert settings.database_path == tmp_path / "x.duckdb"
    assert (settings.host, settings.port, settings.watch_seconds) == ("::1", 9000, 1.5)
    assert settings.own_url == "https://stillwatch.example.com"
    assert settings.freshchat_endings == (".freshchat.com", ".example.org")
    assert settings.admin_token is not None
    assert settings.admin_token.get_secret_value() == TOKEN
    assert settings.requests_per_minute == 5
    kept = (settings.audit_days, settings.activity_days, settings.probe_days)
    assert (*kept, settings.backfill_days, settings.alert_days) == (90, 60, 61, 62, 63)
    assert settings.sign_ins == ("accounts", "oidc", "proxy")
    assert [(each.name, each.way, each.label, each.roles_claim) for each in settings.providers] == [
        ("", "oidc", "Staff", "groups"),
        ("entra", "oidc:entra", "Entra", "roles"),
        ("okta", "oidc:okta", "Partners", "groups"),
    ]
    assert settings.session_ways == {"accounts", "oidc", "oidc:entra", "oidc:okta"}
    assert settings.first_admins_name == "kim@example.com"
    assert settings.proxies == ("10.0.0.5", "10.1.0.0/16")
    assert settings.ping_url == "https://hc.example.com/ping/abc"


def test_a_ping_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PING_URL" in told(monkeypatch, PING_URL="healthchecks")


def test_the_origins_are_written_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"http://127.0.0.1:8501", "http://localhost:8501", "http://[::1]:8501"}
    assert read_settings().own_origins == here
    for url, origin in {
        "https://Stillwatch.Example.com:443/": "https://stillwatch.example.com",
        "http://stillwatch.example.com:80": "http://stillwatch.example.com",
        "https://stillwatch.example.com:8443": "https://stillwatch.example.com:8443",
        "https://bücher.example": "https://xn--bcher-kva.example",
        "https://[2001:DB8::1]": "https://[2001:db8::1]",
    }.items():
        monkeypatch.setenv("STILLWATCH_PUBLIC_URL", url)
        assert read_settings().own_origins == here | {origin}
    monkeypatch.delenv("STILLWATCH_PUBLIC_URL")
    monkeypatch.setenv("STILLWATCH_PORT", "80")
    assert "http://localhost" in read_settings().own_origins


def test_a_path_in_the_public_address_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    message = told(monkeypatch, PUBLIC_URL="https://example.com/stillwatch")
    assert "has a path" in message
    assert "https://stillwatch.example.com" in message


def test_a_token_that_everybody_can_guess_is_refused_where_everybody_can_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (published,) = re.findall(r"STILLWATCH_ADMIN_TOKEN=(\S+)", README.read_text(encoding="utf-8"))
    for token in (published, "an-admin-token-for-tests", "passpasspasspass", "1111111111111111"):
        monkeypatch.setenv("STILLWATCH_ADMIN_TOKEN", token)
        for own in ("http://127.0.0.1:8501", "http://localhost:9000"):
            monkeypatch.setenv("STILLWATCH_PUBLIC_URL", own)
            assert read_settings().admin_token is not None
        message = told(monkeypatch, PUBLIC_URL="https://stillwatch.example.com")
        assert "STILLWATCH_ADMIN_TOKEN" in message
        assert token not in message
        monkeypatch.delenv("STILLWATCH_PUBLIC_URL")
        assert read_settings().admin_token is not None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("DATABASE", ["", "  ", "mysql://host/db", ":memory:"]),
        ("HOST", ["0.0.0.0", "::", "192.168.1.1", "example.com", ""]),  # noqa: S104
        ("PORT", ["0", "65536", "-1", "http", "8501.5"]),
        ("PUBLIC_URL", ["stillwatch.example.com", "ftp://x", "https://", "https://x/?a=1", "https://x/#a"]),
        ("PUBLIC_URL", ["https://a b", "https://x:99999", "https://x:port", "https://[::1"]),
        ("PUBLIC_URL", ["https://x/stillwatch", "https://x/a/b/", "https://x//a", "https://me:secret@x"]),
        ("ADMIN_TOKEN", ["", "short", " " * 20, "schlüssel-mit-umlaut", "two lines of\na token"]),
        ("FRESHCHAT_URL", ["https://example.freshchat.com", "http://10.0.0.1", "127.0.0.1:9000"]),
        ("FRESHCHAT_URL", ["http://127.0.0.1:99999", "http://127.0.0.1:port"]),
        ("FRESHCHAT_HOSTS", ["", "freshchat.com", ".de", ".freshchat.com,"]),
        ("WATCH_SECONDS", ["0", "-1", "nan", "inf", "soon"]),
        ("PROBE_SECONDS", ["0", "1e9", ""]),
        ("REQUESTS_PER_MINUTE", ["0", "many"]),
        ("AUDIT_DAYS", ["0", "always"]),
        ("ACTIVITY_DAYS", ["0", "59", "", "99999"]),
        ("PROBE_DAYS", ["1", "never"]),
        ("BACKFILL_DAYS", ["59.5"]),
        ("ALERT_DAYS", ["-60"]),
        ("SIGN_IN", ["", "yes", "none,oidc", "proxy,proxy"]),
        ("FIRST_ADMIN", ["", "kim", "kim@", "k im@example.com"]),
        ("OIDC_ISSUER", ["login.example.com", "http://login.example.com", "https://login.example.com?x"]),
        ("OIDC_ROLES_CLAIM", [" "]),
        ("OIDC_LABEL", ["", " ", "x" * 41, "two\nlines"]),
        ("OIDC_PROVIDERS", ["", "entra,", "my provider", "en-tra", "7", "a,A", "x" * 40]),
        ("TRUSTED_PROXIES", ["proxy.example.com", "0.0.0.0/0", "10.0.0.5,"]),
        ("SESSION_IDLE_MINUTES", ["0"]),
        ("SESSION_HOURS", ["0"]),
    ],
)
def test_a_wrong_value_is_named(name: str, values: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for value in values:
        assert f"{PREFIX}{name}" in told(monkeypatch, **{name: value}), value


def test_all_mistakes_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = told(monkeypatch, PORT="x", HOST="0.0.0.0", ADMIN_TOKEN="short").splitlines()  # noqa: S104
    assert len(lines) == 3


def test_a_misspelt_variable_is_named_with_those_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    message = told(monkeypatch, DATABSE="x.duckdb")
    assert "STILLWATCH_DATABSE" in message
    assert "STILLWATCH_DATABASE" in message


def test_no_secret_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in told(monkeypatch, ADMIN_TOKEN="hunter2", PORT="x")
    monkeypatch.setenv("STILLWATCH_ADMIN_TOKEN", TOKEN)
    monkeypatch.delenv("STILLWATCH_PORT")
    assert TOKEN not in repr(read_settings())


def test_blanks_around_the_admin_token_are_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STILLWATCH_ADMIN_TOKEN", f" {TOKEN}\t")
    token = read_settings().admin_token
    assert token is not None
    assert token.get_secret_value() == TOKEN


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("STILLWATCH_ADMIN_TOKEN_FILE", str(file))
    token = read_settings().admin_token
    assert token is not None
    assert token.get_secret_value() == TOKEN
    assert "STILLWATCH_ADMIN_TOKEN_FILE" in told(monkeypatch, ADMIN_TOKEN=TOKEN)


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for place in (tmp_path / "nothing", tmp_path, binary):
        message = told(monkeypatch, SECRET_KEY_FILE=str(place))
        assert "STILLWATCH_SECRET_KEY_FILE" in message


def test_an_address_for_others_needs_a_sign_in_and_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = told(monkeypatch, HOST="0.0.0.0")  # noqa: S104
    assert "STILLWATCH_SIGN_IN=accounts" in said
    assert "STILLWATCH_FIRST_ADMIN" in said
    monkeypatch.setenv("STILLWATCH_SIGN_IN", "accounts")
    monkeypatch.setenv("STILLWATCH_FIRST_ADMIN", "kim@example.com")
    monkeypatch.setenv("STILLWATCH_HOST", "0.0.0.0")  # noqa: S104
    assert read_settings().host == "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize(
    ("way", "lacks"),
    [
        ("accounts", "STILLWATCH_FIRST_ADMIN"),
        ("oidc", "STILLWATCH_OIDC_ISSUER and STILLWATCH_OIDC_CLIENT_ID and STILLWATCH_OIDC_CLIENT_SECRET"),
        ("proxy", "STILLWATCH_TRUSTED_PROXIES"),
    ],
)
def test_a_way_to_sign_in_that_lacks_something_says_what(
    monkeypatch: pytest.MonkeyPatch, way: str, lacks: str
) -> None:
    assert f"{way} needs {lacks}" in told(monkeypatch, SIGN_IN=way)


def test_named_providers_are_enough_and_say_their_secrets_to_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name_two_providers(monkeypatch)
    monkeypatch.delenv(f"{PREFIX}OIDC_OKTA_CLIENT_SECRET")
    (tmp_path / "secret").write_text("hunter2 in a file\n", encoding="utf-8")
    monkeypatch.setenv(f"{PREFIX}OIDC_OKTA_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv(f"{PREFIX}SIGN_IN", "oidc")
    monkeypatch.setenv(f"{PREFIX}OIDC_PROVIDERS", "entra,okta")
    settings = read_settings()
    secrets = [each.client_secret.get_secret_value() for each in settings.providers]
    assert secrets == ["hunter2 of ENTRA", "hunter2 in a file"]
    assert "hunter2" not in repr(settings)
    monkeypatch.setenv(f"{PREFIX}SIGN_IN", "none")
    assert read_settings().providers == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"OIDC_OKTA_ISSUER": None}, "okta needs STILLWATCH_OIDC_OKTA_ISSUER"),
        (
            {"OIDC_OKTA_CLIENT_ID": "", "OIDC_OKTA_CLIENT_SECRET": None, "OIDC_ENTRA_CLIENT_ID": " "},
            "entra needs STILLWATCH_OIDC_ENTRA_CLIENT_ID; "
            "okta needs STILLWATCH_OIDC_OKTA_CLIENT_ID and STILLWATCH_OIDC_OKTA_CLIENT_SECRET",
        ),
        (
            {"OIDC_OKTA_ISSUER": "http://okta.example.com"},
            "STILLWATCH_OIDC_OKTA_ISSUER: the provider is asked",
        ),
        ({"OIDC_OKTA_ROLES_CLAIM": " "}, "STILLWATCH_OIDC_OKTA_ROLES_CLAIM: name the claim"),
        ({"OIDC_OKTA_LABEL": ""}, "STILLWATCH_OIDC_OKTA_LABEL: what people call"),
        ({"OIDC_OKTA_LABEL": "ENTRA"}, "two providers have the label"),
        ({"OIDC_OKTA_ISSUER": "https://Entra.example.com/"}, "two providers have the issuer"),
        ({"OIDC_OKTA_CLIENT_SECRET_FILE": "/nowhere"}, "are both set"),
        ({"OIDC_PROVIDERS": "entra"}, "A provider's own need its name in STILLWATCH_OIDC_PROVIDERS"),
        ({"OIDC_OKTA_ISUER": "https://x"}, "unknown: STILLWATCH_OIDC_OKTA_ISUER"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "oidc needs STILLWATCH_OIDC_CLIENT_ID"),
        (
            {
                "OIDC_ISSUER": "https://okta.example.com",
                "OIDC_CLIENT_ID": "x",
                "OIDC_CLIENT_SECRET": "x",
            },
            "two providers have the issuer",
        ),
    ],
)
def test_named_providers_that_lack_something_or_are_alike_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], said: str
) -> None:
    name_two_providers(monkeypatch)
    variables: dict[str, str | None] = {"SIGN_IN": "oidc", "OIDC_PROVIDERS": "entra,okta", **changed}
    for name in [name for name, value in variables.items() if value is None]:
        monkeypatch.delenv(f"{PREFIX}{name}")
    message = told(monkeypatch, **{name: value for name, value in variables.items() if value is not None})
    assert said in message
    assert "hunter2" not in message
