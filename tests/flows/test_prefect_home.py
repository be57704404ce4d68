"""Prefect's environment is ours alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.prefect_home import enter_prefect_home, open_log, prepare_environment

OURS = {
    "PREFECT_API_URL": "",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "http://127.0.0.1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}


def test_every_foreign_variable_of_prefect_gives_way_to_ours(tmp_path: Path) -> None:
    environment = {
        "PREFECT_API_URL": "https://cloud.example/api",
        "PREFECT_API_KEY": "key",
        "prefect_server_database_connection_url": "postgresql://elsewhere.example/db",
        "PREFECT__INTERNAL": "1",
        "HOME": "/home/ann",
    }
    prepare_environment(tmp_path, environment=environment)
    assert environment == {
        **OURS,
        "HOME": "/home/ann",
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_PROFILES_PATH": str(tmp_path / "prefect" / "profiles.toml"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_only_when_asked_does_prefect_say_more(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    prepare_environment(tmp_path, verbose=True, environment=environment)
    assert environment["PREFECT_LOGGING_LEVEL"] == "INFO"
    assert environment["PREFECT_LOGGING_ROOT_LEVEL"] == "WARNING"


def test_the_owners_own_exceptions_from_the_proxy_stay(tmp_path: Path) -> None:
    environment = {"NO_PROXY": "intern.example"}
    prepare_environment(tmp_path, environment=environment)
    assert environment["NO_PROXY"] == "intern.example,127.0.0.1,localhost"


def test_preparing_twice_is_preparing_once(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    prepare_environment(tmp_path, environment=environment)
    once = dict(environment)
    prepare_environment(tmp_path, environment=environment)
    assert environment == once


def test_the_current_folder_is_prefects_and_then_again_the_owners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuntimeError), enter_prefect_home(tmp_path / "out") as home:
        assert Path.cwd() == home == tmp_path / "out" / "prefect"
        assert home.stat().st_mode & 0o077 == 0
        raise RuntimeError
    assert Path.cwd() == tmp_path


def test_a_log_keeps_the_last_of_what_stood_there_and_says_when_the_next_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.prefect_home.MOST_LOG", 100)
    path = tmp_path / "server.log"
    for words in ("why it ended\n", "é" * 60 + "\nagain\n", "now\n"):
        with open_log(path) as log:
            log.write(words)
    lines = path.read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("-- started at ")] == ["again", "now"]
    assert len(lines) == 3
