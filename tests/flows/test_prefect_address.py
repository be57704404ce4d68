"""A Prefect server off this machine is taken only at a second word."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from flows.prefect_address import require_answer, settle_server
from pipeline.errors import SettingsError
from pipeline.settings import load_settings


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("http://127.0.0.1:4200/api", "http://127.0.0.1:4200/api"),
        ("http://127.0.0.1:4200", "http://127.0.0.1:4200/api"),
        ("http://localhost:4200/", "http://localhost:4200/api"),
        ("http://LOCALHOST:4200/api/", "http://LOCALHOST:4200/api"),
        ("http://[::1]:4200", "http://[::1]:4200/api"),
        ("https://127.8.9.1/prefect/api", "https://127.8.9.1/prefect/api"),
    ],
)
def test_a_server_on_the_loopback_needs_no_second_word(server: str, address: str) -> None:
    assert settle_server(server, off_machine=False) == address


@pytest.mark.parametrize(
    "server",
    [
        "https://api.prefect.cloud/api/accounts/1/workspaces/2/api",
        "http://192.168.1.5:4200",
        "http://0.0.0.0:4200",
        "http://127.0.0.1.evil.example:4200",
        "http://localhost.evil.example",
        "http://[fe80::1]:4200",
    ],
)
def test_any_other_server_is_refused_until_the_setting_allows_it(server: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settle_server(server, off_machine=False)
    assert str(caught.value) == (
        "This Prefect server is not on this machine, and it would see what Prefect shows (--server). "
        "If you want that, set server_off_machine = true in almanac.toml."
    )
    assert settle_server(server, off_machine=True).startswith(server.rstrip("/"))


@pytest.mark.parametrize(
    "server",
    [
        "", "127.0.0.1:4200", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x", "http://[::1", "/api",
        "http://127.0.0.1:4200/api;key=secret", "http://127.0.0.1;x", "http://127.0.0.1:4200/api?key=secret",
        "http://127.0.0.1:4200/api#secret", "http://127.0.0.1:4200/api?", "http:\\\\127.0.0.1:4200",
        "http://127.0.0.1\\.evil.example", " http://127.0.0.1:4200", "http://127.0.0.1:4200 ",
        "http://127.0.0.1/a b", "http://127.0.0.1\t.evil.example", "http://127.0.0.1\n", "http://127.0.0.1/\0",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(server: str) -> None:
    for off_machine in (False, True):
        with pytest.raises(SettingsError) as caught:
            settle_server(server, off_machine=off_machine)
        assert str(caught.value) == (
            "This is no address of a Prefect server (--server). Write one such as http://127.0.0.1:4200/api."
        )


@pytest.mark.parametrize(
    "server",
    [
        "http://user:secret@127.0.0.1:4200/api", "http://secret@127.0.0.1:4200", "http://:secret@127.0.0.1",
        "http://@127.0.0.1:4200", "https://127.0.0.1@evil.example", "http://user:sec\\ret@127.0.0.1",
        "http://user:secret@[::1", "http://user:sec;ret@127.0.0.1:x", "http://user/secret@127.0.0.1",
    ],
)  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(server: str) -> None:
    for off_machine in (False, True):
        with pytest.raises(SettingsError) as caught:
            settle_server(server, off_machine=off_machine)
        assert str(caught.value) == (
            "This address has a name or a password in it (--server). "
            "Leave it out: others on this machine, and logs, could show it."
        )
        assert caught.value.__cause__ is None


def test_the_second_word_stands_in_the_settings_or_in_the_environment(tmp_path: Path) -> None:
    given = {"out": tmp_path, "home_zone": "UTC"}
    assert not load_settings(given, environment={}).server_off_machine
    assert load_settings(given, environment={"ALMANAC_SERVER_OFF_MACHINE": "true"}).server_off_machine
    (tmp_path / "almanac.toml").write_text("server_off_machine = true")
    assert load_settings(given, environment={}).server_off_machine
    assert not load_settings(given, environment={"ALMANAC_SERVER_OFF_MACHINE": "false"}).server_off_machine


def test_a_server_at_whose_address_nobody_listens_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        require_answer(address)
    with pytest.raises(SettingsError) as caught:
        require_answer(address)
    assert str(caught.value) == (
        f"Nobody answers at {address} (--server). Start that server first, with: prefect server start."
    )
