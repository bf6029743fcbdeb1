"""System libraries that a minimal machine lacks, lent to MongoDB by a wheel that carries its own copies.

The bundled mongod loads libcurl and OpenSSL 3 from the system. Images without them need not be changed: the pycurl
wheel brings both, under names of its own, and the program finds them by links in the data directory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path


def lenders() -> dict[str, Path]:
    """Library name, as a program asks for it -> the copy in the pycurl wheel; empty where the wheel is not there."""
    try:
        files = metadata.distribution("pycurl").files or []
    except metadata.PackageNotFoundError:
        return {}
    found: dict[str, Path] = {}
    for copy in (Path(str(file.locate())) for file in files if file.parent.name == "pycurl.libs"):
        plain, _, version = copy.name.partition(".so.")
        found[f"{plain.rsplit('-', 1)[0]}.so.{version.split('.')[0]}"] = copy
    return found


def environment(folder: Path, wanted: Iterable[str], copies: Mapping[str, Path]) -> dict[str, str]:
    """The environment in which a child finds the `wanted` libraries: links in `folder`, and what they load in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [str(folder)]
    for library in wanted:
        link = folder / library
        link.unlink(missing_ok=True)
        link.symlink_to(copies[library])
        places.append(str(copies[library].parent))
    places += [path for path in [os.environ.get("LD_LIBRARY_PATH", "")] if path]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(dict.fromkeys(places))}
