"""Every text of a page has its English, with the same named places, and nothing in the catalogue is left over."""

import re
from functools import cache

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from shared.web import i18n
from tests.architecture.source import ROOT

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_text": None, "ngettext": (1, 2)}
CHINESE = re.compile("[\u4e00-\u9fff]")
MAY_STAY = {"中文"}


@cache
def texts() -> dict[str, str | tuple[str, ...]]:
    """What the code and the templates say: the singular of each text → the text, or its forms."""
    found = {}
    for folder in ("services", "shared"):
        for _, _, text, _, _ in extract_from_dir(
            str(ROOT / folder), METHODS, {"**/templates/**.html": {"trimmed": "true"}}, KEYWORDS
        ):
            key = text if isinstance(text, str) else text[0]
            found[key] = found[key] if isinstance(found.get(key), tuple) else text  # counted here, plain there
    return found


@cache
def english() -> dict[str, str | tuple[str, ...]]:
    """The catalogue."""
    with i18n.CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {each.id if isinstance(each.id, str) else each.id[0]: each.string for each in catalogue if each.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_texts_are_found() -> None:
    assert len(texts()) > 1000


def test_every_text_has_its_english() -> None:
    """`make messages` adds what is missing; somebody has to translate it."""
    assert [text for text in texts() if not all(forms(english().get(text, "")))] == []


def test_nothing_in_the_catalogue_is_left_over() -> None:
    """`make messages` takes away what nobody says any more."""
    assert sorted(english().keys() - texts().keys()) == []


def test_named_places_are_the_same_in_both_languages() -> None:
    def places(*all_forms: str) -> set[str]:
        return {name for each in all_forms for name in re.findall(r"%\((\w+)\)s", each)}

    assert [
        text for text, said in english().items() if places(*forms(said)) != places(*forms(texts().get(text, text)))
    ] == []


def test_no_english_holds_chinese() -> None:
    assert [
        said for text, said in english().items() if text not in MAY_STAY and any(map(CHINESE.search, forms(said)))
    ] == []
