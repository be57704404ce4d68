from __future__ import annotations

import html
import re
from base64 import b64encode
from hashlib import sha256

from pipeline.report.policy import hash_source, write_policy


def test_the_policy_allows_the_two_inline_elements_and_data_pictures_and_nothing_else() -> None:
    assert write_policy("a", "b") == (
        "default-src 'none'; style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='; "
        "script-src 'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_a_hash_is_of_the_bytes_in_utf_8() -> None:
    assert hash_source("é") == "'sha256-" + b64encode(sha256(b"\xc3\xa9").digest()).decode() + "'"


def test_the_page_names_the_hashes_of_its_own_style_and_script(page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert html.unescape(policy) == write_policy(style, script)
