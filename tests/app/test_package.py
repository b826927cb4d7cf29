"""The app's folder and zip against the documented rules of the Freshworks platform 3.0.

The vendor's own packer and validator (fdk) is not on npm and could not be used: what it would check is
checked here after its documentation.
"""

import io
import json
import re
import zipfile
from typing import Any

import pytest

from services.app_package import APP_FOLDER, app_files, build_app_zip, main
from services.watch.bundle import versions

PRODUCT_EVENTS = {
    "common": {"onAppInstall", "onAppUninstall", "afterAppUpdate", "onExternalEvent", "onScheduledEvent"},
    "chat_conversation": {
        "onConversationCreate",
        "onConversationUpdate",
        "onMessageCreate",
        "onAgentActivityCreate",
    },
}
SUBSTITUTION = re.compile(r"<%= (iparam|context)\.([a-z_]+) %>")
SERVER = (APP_FOLDER / "server/server.js").read_text(encoding="utf-8")
PAGE = (APP_FOLDER / "config/iparams.html").read_text(encoding="utf-8")
PAGE_SCRIPT = (APP_FOLDER / "config/assets/iparams.js").read_text(encoding="utf-8")


def read(name: str) -> Any:
    return json.loads((APP_FOLDER / name).read_text(encoding="utf-8"))


MANIFEST = read("manifest.json")
REQUESTS = read("config/requests.json")


def test_the_manifest_is_one_of_platform_3() -> None:
    assert MANIFEST["platform-version"] == "3.0"
    assert set(MANIFEST) == {"platform-version", "modules", "engines"}
    assert set(MANIFEST["engines"]) == {"node", "fdk"}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in MANIFEST["engines"].values())


def test_the_app_tells_the_version_of_the_product_it_belongs_to() -> None:
    assert f"const APP_VERSION = '{versions().stillwatch}';" in SERVER


def test_a_product_module_stands_beside_the_common_one() -> None:
    assert set(MANIFEST["modules"]) == set(PRODUCT_EVENTS)


@pytest.mark.parametrize("module", PRODUCT_EVENTS)
def test_every_event_is_known_and_has_its_handler(module: str) -> None:
    handlers = set(re.findall(r"^  (\w+): async function", SERVER, re.MULTILINE))
    events = MANIFEST["modules"][module]["events"]
    assert set(events) <= PRODUCT_EVENTS[module]
    assert {event["handler"] for event in events.values()} <= handlers


def test_every_handler_has_its_event() -> None:
    subscribed = {event for module in MANIFEST["modules"].values() for event in module["events"]}
    assert set(re.findall(r"^  (\w+): async function", SERVER, re.MULTILINE)) == subscribed


def test_the_handlers_are_the_first_statement_of_the_server() -> None:
    without_comments = re.sub(r"/\*.*?\*/", "", SERVER, flags=re.DOTALL)
    assert without_comments.lstrip().startswith("exports = {")


def test_an_app_without_a_screen_of_its_own_declares_no_location() -> None:
    assert not any("location" in module for module in MANIFEST["modules"].values())
    assert not (APP_FOLDER / "app").exists()


def test_every_request_template_is_declared_and_used() -> None:
    used = set(re.findall(r"invokeTemplate\('(\w+)'", SERVER + PAGE_SCRIPT))
    assert set(REQUESTS) == set(MANIFEST["modules"]["common"]["requests"]) == used


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_template_keeps_the_rules(name: str) -> None:
    schema, options = REQUESTS[name]["schema"], REQUESTS[name].get("options", {})
    assert set(schema) <= {"protocol", "method", "host", "path", "headers", "query"}
    assert schema["protocol"] == "https"
    assert schema["method"] in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert schema["path"].startswith("/")
    assert SUBSTITUTION.fullmatch(schema["host"]), "the host alone: no port, no path"
    assert schema["headers"].get("Content-Type", "application/json") == "application/json"
    assert 1 <= options.get("maxAttempts", 1) <= 5
    assert options.get("retryDelay", 0) in range(0, 1501, 100)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_key_is_used_in_headers_only(name: str) -> None:
    schema = REQUESTS[name]["schema"]
    elsewhere = json.dumps({part: value for part, value in schema.items() if part != "headers"})
    assert "injixo_api_key" not in elsewhere
    assert "injixo_api_key" in schema["headers"]["Authorization"]


def test_templates_use_the_parameters_that_the_page_saves() -> None:
    saved = set(re.findall(r"^    ([a-z_]+): (?:readAddress|byId)", PAGE_SCRIPT, re.MULTILINE))
    used = {name for kind, name in SUBSTITUTION.findall(json.dumps(REQUESTS)) if kind == "iparam"}
    assert used == saved
    assert "secure: ['injixo_api_key']" in PAGE_SCRIPT


def test_the_installation_page_is_a_custom_one_with_all_its_functions() -> None:
    assert not (APP_FOLDER / "config/iparams.json").exists()
    for function in ("postConfigs", "getConfigs", "validate"):
        assert re.search(rf"^function {function}\(", PAGE_SCRIPT, re.MULTILINE)


def test_the_installation_page_loads_nothing_from_elsewhere_but_the_client() -> None:
    loaded = re.findall(r'(?:src|href)="([^"]+)"', PAGE)
    assert loaded.count("{{{appclient}}}") == 1
    local = [name for name in loaded if name != "{{{appclient}}}"]
    assert all((APP_FOLDER / "config" / name).is_file() for name in local)
    assert not re.search(
        r"url\(|@import", (APP_FOLDER / "config/assets/iparams.css").read_text(encoding="utf-8")
    )


def test_the_server_uses_nothing_that_the_platform_lacks() -> None:
    assert not re.search(r"\b(setTimeout|setInterval|process|Buffer|fetch|require|import)\b\s*[.(]", SERVER)


def test_the_zip_holds_the_app_and_nothing_else() -> None:
    with zipfile.ZipFile(io.BytesIO(build_app_zip())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "config/assets/checks.js",
            "config/assets/iparams.css",
            "config/assets/iparams.js",
            "config/assets/texts.js",
            "config/iparams.html",
            "config/requests.json",
            "manifest.json",
            "server/server.js",
        ]
        for path in app_files():
            assert archive.read(path.relative_to(APP_FOLDER).as_posix()) == path.read_bytes()


def test_the_zip_is_the_same_every_time(tmp_path: Any, capsys: Any) -> None:
    main(str(tmp_path / "dist"))
    assert (tmp_path / "dist/injixo_app.zip").read_bytes() == build_app_zip()
    assert "8 files" in capsys.readouterr().out
    with zipfile.ZipFile(io.BytesIO(build_app_zip())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
