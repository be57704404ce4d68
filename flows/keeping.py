"""A file that is already as it is to be stays: its time too says when it last changed."""

from __future__ import annotations

from pathlib import Path

from pipeline.tables.files import write_atomically


def keep_or_write(path: Path, content: bytes) -> bool:
    """Write ``content`` unless the file holds just that; return whether it was written."""
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True
