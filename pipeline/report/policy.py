"""What the page may load: itself, and nothing from anywhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256


def hash_source(content: str) -> str:
    """Return the CSP source expression of an inline element with exactly this content."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def write_policy(style: str, script: str = "") -> str:
    """Return the Content-Security-Policy of a page with one style and at most one script element.

    ``frame-ancestors`` and ``sandbox`` are left out: browsers ignore them in a ``meta`` element, and say so.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {hash_source(style)}",
            "script-src " + (hash_source(script) if script else "'none'"),
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
