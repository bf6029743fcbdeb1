"""Secrets that a development machine makes for itself, once, and keeps in files only their owner reads."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes kept at `path`; the first caller makes them. Mode 0600, in a directory of mode 0700.

    Several processes may start together: the file appears whole or not at all, and all read the same one.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _place(path, make())
    return path.read_bytes()


def _place(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp makes the file with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.link(name, path)  # unlike a rename, a link never replaces what another process put there first
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
