"""Reads one YAML file into plain values and remembers the line of each, so that every complaint can name it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as File

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.intake.catalogue.model import Path

MAX_BYTES = 1_000_000
_SCALARS: dict[str, Callable[[str], object]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda _text: None,
}


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of the catalogue: which file (relative to its root), line (from 1), field and why."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field or '(whole file)'}: {self.reason}"


@dataclass
class Document:
    """The values of one file. `lines` maps the place of each value to its line."""

    name: str
    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, at: Path) -> int:
        """The line of the value at `at`, or of the nearest thing around it."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)

    def complain(self, at: Path, reason: str, shown: Path | None = None) -> None:
        """Record a fault of the value at `at`; `shown` is the place as people should read it."""
        self.problems.append(Problem(self.name, self.line(at), dotted(at if shown is None else shown), reason))


def dotted(path: Path) -> str:
    """("steps", 2, "when") -> "steps[2].when"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(file: File, name: str) -> Document:
    """Parse `file`; never raises: what is wrong with it stands in `problems`, and `value` is then partial."""
    document = Document(name)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES} bytes")
        node = compose(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"not readable as YAML: {error.problem or error.context}"
        document.problems.append(Problem(name, mark.line + 1 if mark else 1, "", reason))
    except (YAMLError, ValueError, OSError, RecursionError) as error:
        document.problems.append(Problem(name, 1, "", f"not readable as YAML: {error}"))
    else:
        document.value = _plain(node, (), document)
    return document


def compose(text: str) -> Node:
    """The tree of YAML nodes, which know their lines. Raises YAMLError, or ValueError when there is nothing."""
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    if node is None:
        raise ValueError("the file is empty")
    return node


def _plain(node: Node, at: Path, document: Document) -> object:
    document.lines.setdefault(at, node.start_mark.line + 1)
    if node.anchor:
        document.complain(at, "anchors and aliases are not used in the catalogue; write the value out")
        return None
    match node:
        case MappingNode():
            return _mapping(node, at, document)
        case SequenceNode():
            return [_plain(child, (*at, n), document) for n, child in enumerate(node.value)]
        case ScalarNode() if str(node.tag) in _SCALARS:
            with suppress(ValueError):  # 0x10 and the like: an int for YAML, a riddle for a reader
                return _SCALARS[str(node.tag)](node.value)
    document.complain(at, f"a value of this kind ({node.tag}) is not used in the catalogue; quote it if it is text")
    return None


def _mapping(node: MappingNode, at: Path, document: Document) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        here = (*at, key)
        if key in plain:
            reason = f"the key is given twice; first in line {document.lines[here]}"
            document.problems.append(Problem(document.name, key_node.start_mark.line + 1, dotted(here), reason))
            continue
        document.lines[here] = key_node.start_mark.line + 1
        plain[key] = _plain(value_node, here, document)
    return plain
