"""No page without a place in the register, so none that the walk forgets."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from shared.contracts.topics import SERVICES
from shared.local.hall import front
from shared.settings import Settings, load_settings
from shared.testing.hall import MemoryHall
from tests.browser.pages import NO_PAGES, PAGES

DOCUMENTS = {"/docs", "/openapi.json"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path)


def pages_of(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Paths that a browser may ask for and the API's documents leave out."""
    for route in iter_route_contexts(list(routes)):
        hidden = not getattr(route, "include_in_schema", True)
        if hidden and "GET" in (route.methods or ()) and route.path not in DOCUMENTS:
            yield str(route.path)


def test_every_page_of_every_service_is_in_the_register(settings: Settings) -> None:
    memory = MemoryHall()
    found = {("hall", path) for router in front(settings, {}).routers for path in pages_of(router.routes)}
    for service in SERVICES:
        app = import_module(f"services.{service}.app").create_app(settings, backing=memory.backing(service))
        found |= {(service, path) for path in pages_of(app.routes)}
    known = {(page.service, page.route) for page in PAGES} | set(NO_PAGES)
    assert len(found) > 10, "the routes are found"
    assert sorted(found - known) == [], "put them into tests/browser/pages.py"
    assert sorted(set(NO_PAGES) - found) == [], "gone"


def test_nothing_in_the_register_is_gone_or_named_twice(settings: Settings) -> None:
    names = [str(page) for page in PAGES]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert all(page.holds for page in PAGES)
