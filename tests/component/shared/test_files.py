"""The suite of files on memory."""

import pytest

from shared.testing.files import MemoryFiles
from tests.files_suite import FilesSuite


class TestMemoryFiles(FilesSuite):
    @pytest.fixture
    async def files(self):
        files = MemoryFiles()
        await files.prepare()
        return files


del FilesSuite
