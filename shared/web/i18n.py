"""Which language a page speaks, and its texts: gettext with the Chinese text as the key, English in `locale/en.po`.

There is one catalogue for all services; it is read at start, so nothing compiled is kept. A text without English stays
Chinese, and a test names it.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import HTTPConnection

COOKIE = "onedoor_lang"
LANGUAGES = ("zh", "en")
CATALOGUE = Path(__file__).parent / "locale" / "en.po"
_current: ContextVar[str] = ContextVar("onedoor_language", default="zh")


def _(text: str, **values: object) -> str:
    """`text` in the reader's language; `values` fill its named places: `_("还剩 %(n)s 天", n=3)`.

    A text is formatted only where values are given, so a lone % needs no doubling in Python (in templates it does).
    """
    spoken = _looked_up(text, values.get("n"))
    return spoken % values if values else spoken


def _text(text: str) -> str:
    """Marks a text for the catalogue; it is translated when it is shown."""
    return text


def _looked_up(text: str, n: object) -> str:
    """The text in the reader's language; one that is counted elsewhere takes its form from `n`, or the plural."""
    found = translations().gettext(text)
    return found if found != text else ngettext(text, text, n if isinstance(n, int) else 2)


def ngettext(one: str, many: str, n: int) -> str:
    """The singular or plural form for `n`, in the reader's language."""
    return translations().ngettext(one, many, n)


def listed(names: Iterable[object]) -> str:
    """Several names in a row, as the reader's language separates them: `甲、乙`, `A, B`."""
    return (", " if _current.get() == "en" else "、").join(map(str, names))


def translations() -> gettext.NullTranslations:
    """The texts of the current language."""
    return _english() if _current.get() == "en" else _chinese()


def current() -> str:
    """`zh` or `en`: the language of the request being answered."""
    return _current.get()


def speak(language: str) -> None:
    """Answer this request in `language`; anything unknown is Chinese."""
    _current.set(language if language in LANGUAGES else "zh")


def chosen(connection: HTTPConnection) -> str:
    """The language the reader chose here, or else what the browser prefers (`Accept-Language`)."""
    picked = connection.cookies.get(COOKIE)
    return picked if picked in LANGUAGES else preferred(connection.headers.get("accept-language"))


def preferred(accept: str | None) -> str:
    """`en` when the reader prefers English to Chinese (`Accept-Language`), else `zh`."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in (accept or "").split(","):
        tag, _mark, parameter = part.strip().partition(";")
        name = tag.split("-")[0].lower()
        if name in weights:
            weights[name] = max(weights[name], _quality(parameter))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _quality(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


@cache
def _chinese() -> gettext.NullTranslations:
    return gettext.NullTranslations()


@cache
def _english() -> gettext.NullTranslations:
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="en"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def install(environment: Environment) -> None:
    """Gives a Jinja environment `_`, `ngettext` and `{% trans %}` in the reader's language."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: translations().gettext(text), ngettext, newstyle=True
    )
    environment.filters["listed"] = listed
    environment.globals["_"] = environment.globals["gettext"] = _in_template


@pass_context
def _in_template(context: Context, text: str, **values: object) -> str:
    """`_` of templates: always formatted, values escaped as the template escapes."""
    spoken = _looked_up(text, values.get("n"))
    return (Markup(spoken) if context.eval_ctx.autoescape else spoken) % values  # noqa: S704  our own texts
