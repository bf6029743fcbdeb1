"""Files and functions stay small enough to be read in one sitting, and say in one sentence what they are for."""

import ast

from tests.architecture.source import CODE, function_lengths, sources

FILE_LIMIT, FUNCTION_LIMIT = 320, 40
"""Hard ceilings; the aim is 250 and 25. A function inside another counts for itself."""


def test_no_file_is_longer_than_one_sitting() -> None:
    longest = sorted(((source.lines, source.name) for source in sources(*CODE)), reverse=True)
    print("longest files:", *longest[:5], sep="\n  ")
    assert [each for each in longest if each[0] > FILE_LIMIT] == []


def test_no_function_is_longer_than_one_screen() -> None:
    longest = sorted((each for source in sources(*CODE) for each in function_lengths(source)), reverse=True)
    print("longest functions:", *longest[:5], sep="\n  ")
    assert [each for each in longest if each[0] > FUNCTION_LIMIT] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        source.name for source in sources(*CODE, "tests") if source.text.strip() and not ast.get_docstring(source.tree)
    ]
    assert silent == []
