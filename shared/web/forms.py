"""Forms of pages: the token against forgery and double presses, what was entered, and what is wrong with it.

The token is made from the person, a random number and an end, with a key that only the hall has; its random number is
the idempotency key of whatever the form asks for. So a second press, a second tab with the same form and a repeat
after a lost connection all get the first answer.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from shared.clock import system_clock
from shared.identity import Person
from shared.settings import Settings
from shared.web import i18n
from shared.web.i18n import _
from shared.web.origin import FromElsewhere, elsewhere
from shared.web.problems import FieldError, Problem, Words

FIELD = "_token"
_KEPT = "onedoor.form"
LIFETIME = 12 * 3600
"""Seconds; nobody loses work by it: a form that has run out comes back with everything entered."""
_FORBIDDEN = str.maketrans({chr(n): None for n in (*range(9), 11, 12, *range(14, 32), 127)})


class StaleForm(Problem):
    """The form's token is missing, of another person, or too old; the entries are given back to be sent again."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "stale_form",
            Words("这一页放得太久了", "This page has been open for too long"),
            Words(
                "您填写的内容都还在，请再按一次按钮；上传的文件要重新选择。",
                "Everything you entered is kept: press the button once more. Files have to be chosen again.",
            ),
        )


@dataclass
class Form:
    """A form as it is shown: values by field name (each a sequence of texts), mistakes by field name, and its token.

    `note`: what is wrong with the whole, when no field is to blame.
    """

    token: str
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def value(self, name: str, default: str = "") -> str:
        """What was entered in a field."""
        found = self.values.get(name)
        return found[0] if found else default

    def has(self, name: str, value: str) -> bool:
        """Whether a choice was made."""
        return value in self.values.get(name, ())

    @property
    def key(self) -> str:
        """The idempotency key that goes with this form."""
        return self.token.split(".")[0]


@dataclass
class Sent(Form):
    """A form as it came: with the files that were chosen."""

    files: Mapping[str, Sequence[UploadFile]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """An entry without spaces around it."""
        return self.value(name).strip()

    def optional(self, name: str) -> str | None:
        """An entry, or None where nothing was entered."""
        return self.text(name) or None

    def wrong(self, problem: Problem, fields: Mapping[str, str] | None = None) -> Sent:
        """This form with what a command's answer says about it: each mistake at its field, the rest above.

        `fields` maps places of a JSON body to names of this form (`{"applicant.code": "code"}`); a place that is not
        mapped belongs to the field of the same name, or of its last part.
        """
        for error in problem.errors:
            name = self._field(error, fields or {})
            self.errors.setdefault(name, _("%(reason)s，%(fix)s", reason=error.reason, fix=error.fix))
        if problem.code == "key_reused":
            self.note = _("这一页已经提交过一次，这次改动的没有办。请重新打开这一页，看现在的情况。")
        elif not problem.errors:
            spoken = i18n.current()
            self.note = problem.text.spoken(spoken) or problem.title.spoken(spoken)
        return self

    @staticmethod
    def _field(error: FieldError, fields: Mapping[str, str]) -> str:
        place = error.field.removeprefix("body.")
        return fields.get(place) or fields.get(place.split(".")[0]) or place.rsplit(".", 1)[-1]


class Forms:
    """Makes and checks form tokens. One for each service, with the same key in all."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.form_key

    def blank(self, asker: Person | None, values: Mapping[str, Any] | None = None) -> Form:
        """A form to be filled in; `values` are what it begins with."""
        return Form(self.token(asker), {name: _texts(value) for name, value in (values or {}).items()})

    def token(self, asker: Person | None) -> str:
        """A fresh token for this person: `<random>.<end>.<mac>`."""
        unsigned = f"{secrets.token_hex(16)}.{int(system_clock().timestamp()) + LIFETIME}"
        return f"{unsigned}.{self._mac(unsigned, asker)}"

    async def sent(self, request: Request, asker: Person | None) -> Sent:
        """The form that came. Raises StaleForm for a token that is not good; nothing was done then."""
        form = await received(request)
        token = form.value(FIELD)
        if not self._good(token, asker):
            raise StaleForm
        form.token = token
        return form

    def _good(self, token: str, asker: Person | None) -> bool:
        unsigned, _mark, mac = token.rpartition(".")
        end = unsigned.rpartition(".")[2]
        fresh = end.isascii() and end.isdigit() and len(end) < 12 and int(end) > system_clock().timestamp()
        return fresh and hmac.compare_digest(mac.encode(), self._mac(unsigned, asker).encode())

    def _mac(self, unsigned: str, asker: Person | None) -> str:
        whose = asker.subject if asker else ""
        return hmac.new(self._key, f"form\n{whose}\n{unsigned}".encode(), hashlib.sha256).hexdigest()[:32]


async def received(request: Request) -> Sent:
    """The form of a request, unchecked; kept with the request, so that an error page can give the entries back.

    Raises FromElsewhere for what another site sends: that is given back to nobody.
    """
    if elsewhere(request):
        raise FromElsewhere
    async with request.form() as data:
        form = Sent(token="", **await _entered(data))
    request.scope[_KEPT] = form
    return form


def given_back(request: Request) -> Sent | None:
    """The form that a failed request brought, if it was read."""
    found: Sent | None = request.scope.get(_KEPT)
    return found


async def _entered(form: FormData) -> dict[str, Any]:
    """What came with a form: texts without control characters (line ends as \\n), and the files that were chosen."""
    values: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                kept = io.BytesIO(await value.read())  # at most the edge's limit; the temporary file can go
                copied = UploadFile(kept, filename=value.filename, size=value.size, headers=value.headers)
                files.setdefault(name, []).append(copied)
        else:
            values.setdefault(name, []).append(value.replace("\r\n", "\n").translate(_FORBIDDEN))
    return {"values": values, "files": files}


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(str(each) for each in value) if isinstance(value, Iterable) else (str(value),)
