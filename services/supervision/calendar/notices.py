"""An operator's notice of days: one YAML text, read and checked before anything is counted by it.

`basis` and `days: {date: working|rest}`, each with the name of the festival behind it where there is one (`rest 春节`);
`announces: YEAR` when it is the whole notice of a year, `replaces: NAME` when it takes another notice's place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

BEGINS, ENDS = date(2004, 1, 1), date(2199, 12, 31)
KINDS = {"working": True, "rest": False}
FIELDS = ("basis", "announces", "replaces", "days")
LARGEST = 32 * 1024
"""Bytes of one notice: a year has 366 days."""
NAME = re.compile(r"[\w\-.（）()〔〕]{1,60}")
"""What a notice may be called: its file without `.yaml`."""
DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")

Exceptions = Mapping[date, bool]
"""Days that are announced: True working, False rest."""


class CalendarFileError(ValueError):
    """A notice that cannot be used: file and line, what is wrong and what to do, in English and in Chinese."""

    def __init__(self, place: str, english: str, chinese: str) -> None:
        super().__init__(f"{place}: {english}")
        self.chinese = f"{place}：{chinese}"


class Said(NamedTuple):
    """What a notice says of a day: whether it is a working day, the festival behind it, and its file and line."""

    working: bool
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was read. `place` is its file; `announces_at` the line of the year that it makes certain."""

    name: str
    place: str
    text: str
    basis: str
    days: Mapping[date, Said]
    announces: int | None
    announces_at: str
    replaces: tuple[str, ...]


def read_file(path: Path) -> Notice:
    """The notice in a file, which is called as the file is. Raises CalendarFileError, also where it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        english, chinese = f"cannot be read: {error.strerror}", f"读不出来（{error.strerror}）"
        raise CalendarFileError(
            str(path), f"{english}; correct or remove it", f"{chinese}；请改正或者移走这个文件。"
        ) from error
    return read_notice(path.stem, content, str(path))


def read_notice(name: str, content: bytes | str, place: str = "") -> Notice:
    """The notice of this name; `place` is what its errors call it. Raises CalendarFileError."""
    place = place or name
    text = _text(content, place)
    if not NAME.fullmatch(name):
        what, chinese = f"{name[:60]!r} cannot name a notice", f"“{name[:60]}”不能作为文件名"
        remedy = "use at most 60 letters, digits, - and ."
        raise CalendarFileError(
            place, f"{what}; {remedy}", f"{chinese}；请用字母、汉字、数字、- 和 .，最多 60 个字符。"
        )
    return _Reader(name, place, text).notice()


def _text(content: bytes | str, place: str) -> str:
    if len(content if isinstance(content, bytes) else content.encode(errors="surrogatepass")) > LARGEST:
        raise CalendarFileError(
            place, f"larger than {LARGEST} bytes; enter one notice", "文件太大；一个文件写一份通知。"
        )
    try:
        return content.decode("utf-8") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise CalendarFileError(
            place, f"cannot be read: {error}; correct the file", "不是 UTF-8 文本；请另存为 UTF-8 编码的 YAML 文件。"
        ) from error


class _Reader:
    """One notice while it is read."""

    def __init__(self, name: str, place: str, text: str) -> None:
        self._name, self._place, self._text = name, place, text
        yaml = YAML()
        yaml.composer.warn_double_anchors = False  # YAML lets an anchor be set anew; who sent it hears of errors alone
        try:
            self._data: Any = yaml.load(text)
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            english = f"not valid YAML: {error.problem}; correct this line"
            raise CalendarFileError(f"{place}:{line}", english, "不是有效的 YAML；请改正这一行。") from error
        except Exception as error:  # an impossible date, key, tag or character: the parser fails in its own ways
            raise _unreadable(text, error, place) from error

    def notice(self) -> Notice:
        """Everything checked that needs nothing but this text."""
        self._check_fields()
        days, replaces = self._days(), self._replaces()
        announces, line = self._announces(), self._line("announces")
        if announces:
            self._check_years(days, announces)
        if not days and (not replaces or announces):
            what, remedy = "days is missing or empty", "write DATE: working or DATE: rest"
            raise self._error(self._line("days"), f"{what}; {remedy}", "没有 days；请写“日期: working”或“日期: rest”。")
        return Notice(
            self._name, self._place, self._text, self._data["basis"].strip(), days, announces,
            f"{self._place}:{line}", replaces,
        )  # fmt: skip

    @staticmethod
    def _check_years(days: Mapping[date, Said], announced: int) -> None:
        for day, said in days.items():
            if abs(day.year - announced) > 1:
                english = f"{day} does not belong to {announced}; correct the year, or announce that one by itself"
                chinese = f"{day} 不是 {announced} 年的；请改正年份，或者另外公布那一年。"
                raise CalendarFileError(said.place, english, chinese)

    def _check_fields(self) -> None:
        if not isinstance(self._data, dict):
            english = "the file has no fields; write basis: and days:"
            raise self._error(0, english, "文件里没有内容；请写 basis: 和 days:。")
        for name in self._data:
            if name not in FIELDS:
                english = f"unknown field {_brief(name)}; use {', '.join(FIELDS)}"
                raise self._error(self._line(name), english, f"不认识 {_brief(name)}；只能用 {'、'.join(FIELDS)}。")
        basis = self._data.get("basis")
        if not isinstance(basis, str) or not basis.strip() or len(basis) > 200 or not _shows(basis.strip()):
            english = "basis is missing, too long or not one line of text; name the notice that these days rest on"
            chinese = "没有 basis，或者不是一行文字；请写明依据哪份通知，最多 200 个字。"
            raise self._error(self._line("basis"), english, chinese)
        if not isinstance(self._data.get("days", {}), dict):
            english = "days is no list of dates; write DATE: working or DATE: rest"
            raise self._error(self._line("days"), english, "days 要逐行写“日期: working”或“日期: rest”。")

    def _days(self) -> Mapping[date, Said]:
        found = {}
        for day, kind in (self._data.get("days") or {}).items():
            line = _line(self._data["days"], day)
            if type(day) is not date:
                english = f"{_brief(day)} is not a date; write it as 2027-01-01, without quotes"
                raise self._error(line, english, f"{_brief(day)} 不是日期；请写成 2027-01-01，不加引号。")
            if not BEGINS <= day <= ENDS:
                english = f"{day} is before the calendar begins, or after it ends; use dates from {BEGINS} to {ENDS}"
                raise self._error(line, english, f"{day} 不在日历之内；请用 {BEGINS} 至 {ENDS} 的日期。")
            word, _, name = kind.partition(" ") if isinstance(kind, str) else ("", "", "")
            if word not in KINDS or len(name) > 20 or not _shows(name):
                english = f"{day} is {_brief(kind)}; write working or rest, and a short name if it has one"
                raise self._error(
                    line, english, f"{day} 写的是 {_brief(kind)}；请写 working 或 rest，后面可加节日名称。"
                )
            found[day] = Said(KINDS[word], name.strip(), f"{self._place}:{line}")
        return found

    def _announces(self) -> int | None:
        year = self._data.get("announces")
        if year is None:
            return None
        if type(year) is not int or not BEGINS.year <= year <= 2100:
            english = f"announces is {_brief(year)}; write one year, for example 2027"
            raise self._error(
                self._line("announces"), english, f"announces 写的是 {_brief(year)}；请写一个年份，例如 2027。"
            )
        return int(year)

    def _replaces(self) -> tuple[str, ...]:
        given = self._data.get("replaces")
        names = [given] if isinstance(given, str) else [] if given is None else given
        if not isinstance(names, list) or not all(isinstance(name, str) and NAME.fullmatch(name) for name in names):
            english = f"replaces is {_brief(given)}; write the name of a notice, or a list of names"
            raise self._error(self._line("replaces"), english, "replaces 要写一份通知的名称，或名称的列表。")
        return tuple(str(name) for name in names)

    def _line(self, field: str) -> int:
        return _line(self._data, field)

    def _error(self, line: int, english: str, chinese: str) -> CalendarFileError:
        return CalendarFileError(f"{self._place}:{max(line, 1)}", english, chinese)


def _unreadable(text: str, error: Exception, place: str) -> CalendarFileError:
    """Why YAML cannot read it; of a day that does not exist it says no line."""
    for line, written in enumerate(text.splitlines(), start=1):
        for found in DATE.findall(written):
            try:
                date.fromisoformat(found)
            except ValueError:
                return CalendarFileError(
                    f"{place}:{line}", f"there is no {found}; correct this day", f"没有 {found} 这一天；请改正。"
                )
    return CalendarFileError(place, f"cannot be read: {error}; correct the file", "读不出来；请改正文件。")


def _shows(text: str) -> bool:
    """Whether it is one line of characters that can be shown and stored."""
    return not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)


def _line(data: Any, key: object) -> int:
    """The line of a key, or the first where it has none of its own (merged from elsewhere, or missing)."""
    try:
        return int(data.lc.key(key)[0]) + 1
    except (KeyError, TypeError):
        return 1


def _brief(value: object) -> str:
    """What was found there, in a few characters."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
