"""The import rules hold, each of them can be broken, and none of their lists has a gap."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture.source import CODE, ROOT

RULES = configparser.ConfigParser()
RULES.read(ROOT / ".importlinter", "utf-8")
CONTRACTS = [name.removeprefix("importlinter:contract:") for name in RULES.sections() if ":contract:" in name]
PURE = {"shared.contracts", "shared.kernel", "shared.timed", "pydantic", "cryptography", "orjson"}
"""What the rules of a service may reach: cryptography only through `Sealed`, of which they see the closed box, and
canonical JSON for what is hashed."""

BREACHES = {
    "services-are-strangers": ("services/ratings/handlers.py", "import services.intake.guide"),
    "shared-knows-no-service": ("shared/clock.py", "import services.intake.guide"),
    "nobody-needs-the-local-hall": ("shared/health.py", "import shared.local.issuer"),
    "testing-stays-in-tests": ("services/ratings/handlers.py", "import shared.testing.memory"),
    "rules-are-pure": ("services/ratings/model.py", "import shared.metrics"),
    "rules-read-no-clock": ("services/ratings/decide.py", "import random"),
    "contracts-and-kernel-are-the-floor": ("shared/kernel.py", "import shared.clock"),
    "only-messaging-publishes": ("services/ratings/api.py", "from aiokafka import AIOKafkaProducer"),
    "only-stores-know-the-driver": ("services/ratings/api.py", "from pymongo import AsyncMongoClient"),
    "schema-tools-stay-in-development": ("shared/web/asyncapi.py", "import jsoncompat"),
}


def lint(place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(linter), "--no-logo", "--no-cache", *options],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_import_rules_hold() -> None:
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, to be broken."""
    place = tmp_path_factory.mktemp("broken")
    shutil.copy(ROOT / ".importlinter", place)
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            target = place / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return place


def test_every_rule_has_its_breach() -> None:
    assert set(BREACHES) == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_breaking_a_rule_by_hand_turns_it_red(copy: Path, contract: str) -> None:
    file, line = BREACHES[contract]
    path = copy / file
    whole = path.read_text("utf-8")
    before = lint(copy, "--contract", contract)
    path.write_text(f"{whole}\n{line}\n", "utf-8")
    try:
        after = lint(copy, "--contract", contract)
    finally:
        path.write_text(whole, "utf-8")
    assert before.returncode == 0, before.stdout + before.stderr
    assert after.returncode == 1, after.stdout + after.stderr
    assert "BROKEN" in after.stdout


def test_the_list_of_what_rules_may_not_import_is_complete() -> None:
    graph = grimp.build_graph(*CODE, include_external_packages=True, cache_dir=None)
    ours = {f"shared.{module.split('.')[1]}" for module in graph.modules if module.startswith("shared.")}
    foreign = {name for name in graph.modules if graph.is_module_squashed(name)} - sys.stdlib_module_names
    forbidden = set(RULES["importlinter:contract:rules-are-pure"]["forbidden_modules"].split())
    assert (ours | foreign) - PURE - forbidden == set()


def test_shared_contracts_and_kernel_reach_nothing_outside_but_models_and_ciphers() -> None:
    graph = grimp.build_graph(*CODE, include_external_packages=True, cache_dir=None)
    floor = {name for name in graph.modules if name.startswith(("shared.contracts", "shared.kernel"))}
    reached = {imported for name in floor for imported in graph.find_modules_directly_imported_by(name)}
    outside = reached - floor - sys.stdlib_module_names - {"shared"}
    assert outside <= {"pydantic", "cryptography", "jsoncompat"}
