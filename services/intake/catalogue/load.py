"""Loads the catalogue from its data files, whole or not at all, and names every fault with file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from pydantic import BaseModel, ValidationError

from services.intake.catalogue.bundles import Bundle
from services.intake.catalogue.check import findings
from services.intake.catalogue.contents import Catalogue, Draft
from services.intake.catalogue.items import Item
from services.intake.catalogue.model import Department, Hall, LicenceType, Material, Path, Question, Saying, Tree
from services.intake.catalogue.source import Document, Problem, read

DEFAULT = File(__file__).parent / "data"


class CatalogueBroken(Exception):
    """The catalogue cannot be used; `problems` holds all that is wrong with it, in reading order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"the catalogue is broken in {len(problems)} place(s), nothing was loaded:\n{lines}")


@dataclass(frozen=True)
class Shelf:
    """Which files hold which kind of entity: a list of them (`many`), or one, named by its place."""

    kind: str
    files: str
    model: type[BaseModel]
    key: str = "key"
    many: bool = False


SHELVES = (
    Shelf("hall", "hall.yaml", Hall, key="hall"),
    Shelf("departments", "departments.yaml", Department, key="code", many=True),
    Shelf("licence_types", "licence_types.yaml", LicenceType, many=True),
    Shelf("questions", "questions.yaml", Question, many=True),
    Shelf("materials", "materials.yaml", Material, many=True),
    Shelf("trees", "trees.yaml", Tree, many=True),
    Shelf("items", "items/*/*.yaml", Item),
    Shelf("bundles", "bundles/*.yaml", Bundle),
    Shelf("words", "words.yaml", Saying, many=True),
)


@dataclass(frozen=True)
class Origin:
    """Where an entity was written: its document and its place in it."""

    document: Document
    at: Path


def load(path: File = DEFAULT) -> Catalogue:
    """Read, validate and cross-check the catalogue under `path`.

    Raises CatalogueBroken with every problem found: unreadable files, wrong fields, unknown references, and
    contradictions (the table in check/__init__.py). A broken entity is left out of the cross-checks, but
    references to it are not reported as unknown.
    """
    documents: list[Document] = []
    origins: dict[str, dict[str, Origin]] = {shelf.kind: {} for shelf in SHELVES}
    whole: dict[str, dict[str, Any]] = {shelf.kind: {} for shelf in SHELVES}
    for shelf in SHELVES:
        for document in _documents(path, shelf):
            documents.append(document)
            for origin, value in _entries(document, shelf):
                _add(shelf, origin, value, origins[shelf.kind], whole[shelf.kind])
    halls = whole.pop("hall")
    for finding in findings(Draft(**whole, known=origins)):
        origin = origins[finding.kind][finding.key]
        shown = (finding.key, *finding.at) if origin.at else finding.at
        origin.document.complain((*origin.at, *finding.at), finding.reason, shown)
    problems = [problem for document in documents for problem in document.problems] + _strays(path)
    if problems:
        raise CatalogueBroken(sorted(problems))
    return Catalogue(**whole, hall=next(iter(halls.values())))


def _documents(root: File, shelf: Shelf) -> Iterator[Document]:
    files = sorted(root.glob(shelf.files))
    for file in files:
        yield read(file, file.relative_to(root).as_posix())
    if not files:
        yield Document(shelf.files, problems=[Problem(shelf.files, 1, "", "no such file")])


def _entries(document: Document, shelf: Shelf) -> Iterator[tuple[Origin, object]]:
    if document.value is None:
        return
    if not shelf.many:
        yield Origin(document, ()), document.value
    elif isinstance(document.value, list):
        for n, value in enumerate(document.value):
            yield Origin(document, (n,)), value
    else:
        document.complain((), "the file must be a list")


def _add(shelf: Shelf, origin: Origin, value: object, origins: dict[str, Origin], whole: dict[str, Any]) -> None:
    document = origin.document
    key = value.get(shelf.key) if isinstance(value, dict) else None
    if isinstance(key, str):
        if key in origins:
            first = origins[key]
            reason = f"{key} already stands in {first.document.name}:{first.document.line(first.at)}"
            return document.complain((*origin.at, shelf.key), reason)
        origins[key] = origin
        _check_place(shelf, document, key, value)
    try:
        entity = shelf.model.model_validate(value)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            at = tuple(part for part in fault["loc"] if part != "[key]")
            shown = (key, *at) if origin.at and isinstance(key, str) else (*origin.at, *at)
            document.complain((*origin.at, *at), fault["msg"].removeprefix("Value error, "), shown)
    else:
        whole[str(key)] = entity
    return None


def _check_place(shelf: Shelf, document: Document, key: str, value: object) -> None:
    """A file of one entity is named after it, and an item stands in its department's folder."""
    folder, _, name = document.name.rpartition("/")
    if not folder:
        return
    if name != f"{key}.yaml":
        document.complain(("key",), f"the file of {key} must be named {key}.yaml")
    department = value.get("department") if isinstance(value, Mapping) else None
    if shelf.kind == "items" and folder != f"items/{department}":
        document.complain(("department",), f"an item of {department} stands in items/{department}/")


def _strays(root: File) -> list[Problem]:
    """YAML files that no shelf reads: most likely put into the wrong folder, and silently missing otherwise."""
    read_files = {file for shelf in SHELVES for file in root.glob(shelf.files)}
    strays = [*root.rglob("*.yaml"), *root.rglob("*.yml")]
    names = [file.relative_to(root).as_posix() for file in strays if file not in read_files]
    return [Problem(name, 1, "", "nothing reads a file at this place; see the README beside it") for name in names]
