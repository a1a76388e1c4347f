"""Who may import whom. A rule that two doors need belongs into the domain, not into one of the doors."""

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.structure.source import ROOT, inside, project_files, python_imports, python_tree, script_imports, short

DOORS = ("sync", "server.api", "server.console", "server.intake")
OWN = ("server", "sync")

# Packages besides the standard library. Nothing of the web; of the database the words of a query, never a connection.
DOMAIN_MAY_USE = {"argon2", "cryptography", "uuid_utils", "structlog", "sqlalchemy"}
STORE_MUST_NOT_USE = {"flask", "marshmallow", "flask_wtf", "wtforms"}

# On the phone, by folder of static/app: which others it may need when it runs.
PHONE = {
    "rules": set(),
    "projection": {"rules"},
    "intents": {"rules", "database"},
    "database": {"rules"},
    "sync": {"intents", "projection", "database", "rules"},
    "messages": {"rules"},
    "elements": {"messages", "rules"},
    "screens": {"sync", "intents", "projection", "elements", "messages", "rules"},
    "worker": set(),
}
AGREEMENT = {"records", "operations"}  # the types that both sides of the line agree on
IMPURE = re.compile(
    r"\b(document|window|localStorage|sessionStorage|indexedDB|navigator|fetch|setTimeout|setInterval)\s*[.(]"
    r"|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\."
)


def test_the_domain_knows_the_store_and_the_refusals_and_nothing_else():
    allowed = ("server.domain", "server.store", "server.problems")
    assert strangers("server/domain", lambda name: is_within(name, *allowed) or top(name) in DOMAIN_MAY_USE) == []


def test_the_domain_opens_no_connection():
    opening = {"create_engine", "sessionmaker", "scoped_session", "Engine", "text"}
    files = inside("server/domain", ".py")
    assert [(short(file), sorted(used)) for file in files if (used := names_imported(file) & opening)] == []


def test_the_store_knows_nothing_above_it():
    def is_allowed(name: str) -> bool:
        return is_within(name, "server.store") or (top(name) not in OWN and top(name) not in STORE_MUST_NOT_USE)

    excused = ("server/store/migrations/", "server/store/database.py imports flask")  # both belong to Flask-SQLAlchemy
    assert [stranger for stranger in strangers("server/store", is_allowed) if not stranger.startswith(excused)] == []


@pytest.mark.parametrize("door", DOORS)
def test_no_door_imports_another(door: str):
    others = [other for other in DOORS if other != door]
    assert strangers(door.replace(".", "/"), lambda name: not is_within(name, *others)) == []


def test_only_the_starters_import_the_app():
    starters = {"server/cli.py", "server/app.py"}
    files = [file for file in (*inside("server", ".py"), *inside("sync", ".py")) if short(file) not in starters]
    assert [short(file) for file in files if any(is_within(name, "server.app") for name in python_imports(file))] == []


def test_the_demo_is_known_only_to_the_command_that_starts_it():
    files = [file for file in inside("server", ".py") if short(file) != "server/cli.py" and "server/demo" not in short(file)]
    assert [short(file) for file in files if any(is_within(name, "server.demo") for name in python_imports(file))] == []


def test_no_rule_looks_at_a_clock():
    """A verb is given the time, so that a fact of yesterday can be judged as of yesterday."""
    clocks = {"now", "utcnow", "today", "time", "monotonic"}

    def reads_clock(node: ast.AST) -> bool:
        called = node.func if isinstance(node, ast.Call) else None
        return isinstance(called, ast.Attribute) and called.attr in clocks and ast.unparse(called.value) in CLOCK_OWNERS

    found = [
        f"{short(file)}:{node.lineno}"
        for file in inside("server/domain", ".py")
        for node in ast.walk(python_tree(file))
        if reads_clock(node)
    ]
    assert found == []


CLOCK_OWNERS = {"datetime", "datetime.datetime", "date", "datetime.date", "time", "clock"}


@pytest.mark.parametrize("folder", PHONE)
def test_on_the_phone_a_folder_needs_only_what_lies_below_it(folder: str):
    allowed = PHONE[folder] | AGREEMENT | {folder}
    wrong = [
        f"{short(file)} needs {phone_folder(needed)}"
        for file in inside(f"static/app/{folder}", ".ts", ".tsx")
        for needed in script_imports(file)
        if phone_folder(needed) not in allowed
    ]
    assert wrong == []


def test_no_scripts_need_one_another_in_a_circle():
    """In a circle one runs before what it needs; what both need belongs into a third."""
    files = [*inside("static/app", ".ts", ".tsx"), *inside("static/console", ".ts")]
    needs = {short(file): map(short, script_imports(file)) for file in files}
    TopologicalSorter(needs).prepare()  # a CycleError names the circle


@pytest.mark.parametrize("folder", ["rules", "projection"])
def test_rules_and_projection_touch_no_screen_no_store_no_network_and_no_clock(folder: str):
    wrong = [
        f"{short(file)}:{number}: {line.strip()}"
        for file in inside(f"static/app/{folder}", ".ts", ".tsx")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if IMPURE.search(line.split("//")[0])
    ]
    assert wrong == []


def test_no_file_is_named_after_nothing():
    assert [short(file) for file in project_files() if re.search(r"\b(utils?|helpers?|misc|common)\b", file.stem)] == []


def strangers(folder: str, is_allowed) -> list[str]:
    """Each import of the folder's Python files that is neither allowed nor of the standard library, with its file."""
    return [
        f"{short(file)} imports {name}"
        for file in inside(folder, ".py")
        for name in sorted(python_imports(file))
        if top(name) not in sys.stdlib_module_names and not is_allowed(name)
    ]


def names_imported(file: Path) -> set[str]:
    imports = (node for node in ast.walk(python_tree(file)) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports for alias in node.names}


def top(name: str) -> str:
    return name.split(".")[0]


def is_within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def phone_folder(needed: Path) -> str:
    """`intents` for static/app/intents/rooms.ts; the bare name for a module that lies in static/app itself."""
    app = ROOT / "static" / "app"
    return Path(needed.relative_to(app).parts[0]).stem if needed.is_relative_to(app) else f"{needed} (outside static/app)"
