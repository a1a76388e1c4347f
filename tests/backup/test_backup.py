"""A backup is taken while the server serves, opens with the private key alone, and comes back whole, on either engine."""

import gzip
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import inspect, select, text

from server.app import create_app
from server.backup.envelope import Unreadable
from server.backup.in_use import InUse, hold_in_use
from server.backup.keys import KeyFault, make_keys, read_private, recipient
from server.backup.reading import check_backup
from server.backup.restoring import READY, Application, NotEmpty, finish_restore, restore
from server.backup.writing import write_backup
from server.cli import bring_tables_to, migrate_database
from server.clock import Clock
from server.settings import Settings, read_settings
from server.store.change_log import Epoch, Operation, head
from server.store.conflicts import Conflict
from server.store.database import db
from tests.conftest import EVENING
from tests.sync.town import a_transfer
from tests.world import World


def opened(settings: Settings):
    return create_app(settings, Clock(EVENING))


APPLICATION = Application(opened, bring_tables_to)


@pytest.fixture
def key(tmp_path) -> Path:
    return tmp_path / "private.key"


@pytest.fixture
def backed_up(each_world, tmp_path, key) -> tuple[World, Path]:
    """A town with a transfer, and a backup of it."""
    a_transfer(each_world)
    return each_world, back_up(each_world, tmp_path / "now.backup", key)


def back_up(world: World, file: Path, key: Path) -> Path:
    data = settings_of(world).data
    if not key.exists():
        make_keys(data, key)
    write_backup(data, file, recipient(data), world.clock.now())
    return file


def settings_of(world: World) -> Settings:
    return world.app.config["BIHUAN"]


def rows_of_all() -> dict[str, list]:
    """Every row of every table, as the database gives it."""
    db.session.commit()
    tables = set(inspect(db.engine).get_table_names()) - {"alembic_version", "lease", "sign_in_try"}
    return {name: sorted(map(repr, db.session.execute(text(f'SELECT * FROM "{name}"')))) for name in sorted(tables)}


def closed(world: World) -> Settings:
    """As when the server has stopped."""
    db.session.remove()
    db.engine.dispose()
    return settings_of(world)


def elsewhere(world: World, tmp_path: Path, request) -> Settings:
    """A fresh machine of the same engine."""
    settings = settings_of(world)
    if settings.database_url.startswith("sqlite"):
        return read_settings({"DATA": str(tmp_path / "elsewhere")})
    url = request.getfixturevalue("cluster").new_database()
    return read_settings({"DATA": str(tmp_path / "elsewhere"), "DATABASE_URL": url})


def test_everything_comes_back_on_a_fresh_machine(backed_up, tmp_path, key, request):
    world, file = backed_up
    before = rows_of_all()
    closed(world)
    fresh = elsewhere(world, tmp_path, request)
    done = restore(file, read_private(key), fresh, APPLICATION)
    assert done.contents.operations == len(before["operation"])
    with opened(fresh).app_context():
        after = rows_of_all()
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"epoch", "operation", "conflict", "counter", "scope_entry"} - unchanged_by_an_item(before, after)
        assert [set(before[name]) <= set(after[name]) for name in ("operation", "conflict")] == [True, True]
        assert (fresh.data / "secret.key").read_text() == (settings_of(world).data / "secret.key").read_text()
        db.session.remove()
        db.engine.dispose()


def unchanged_by_an_item(before: dict, after: dict) -> set[str]:
    """The item about the restore takes a stamp; it stands in nobody's feed."""
    return {name for name in ("scope_entry",) if before[name] == after[name]}


def test_a_backup_of_one_engine_is_restored_into_the_other(backed_up, tmp_path, key, request):
    world, file = backed_up
    before = {name: len(rows) for name, rows in rows_of_all().items()}
    to_postgres = settings_of(world).database_url.startswith("sqlite")
    closed(world)
    environment = {"DATA": str(tmp_path / "elsewhere")}
    if to_postgres:
        environment["DATABASE_URL"] = request.getfixturevalue("cluster").new_database()
    other = read_settings(environment)
    restore(file, read_private(key), other, APPLICATION)
    with opened(other).app_context():
        after = {name: len(rows) for name, rows in rows_of_all().items()}
        assert after == {**before, "operation": before["operation"] + 1, "conflict": before["conflict"] + 1, "epoch": 2}
        db.session.remove()
        db.engine.dispose()


def test_a_restore_begins_a_new_random_epoch_and_tells_the_office(backed_up, key):
    world, file = backed_up
    old = db.session.scalar(select(Epoch.id))
    stamp = head(db.session)
    operations = db.session.query(Operation).count()
    world.do("save_area", name="南关区", short="南关", kind="district")
    settings = closed(world)
    restore(file, read_private(key), settings, APPLICATION, in_place_of=operations + 1)
    app = opened(settings)
    with app.app_context():
        epochs = db.session.scalars(select(Epoch).order_by(Epoch.began_at)).all()
        newest = next(epoch for epoch in epochs if epoch.ended_at is None)
        assert newest.id != old and len(newest.id) == 32
        assert newest.restored_to == EVENING or abs((newest.restored_to - EVENING).total_seconds()) < 60
        [item] = db.session.scalars(select(Conflict).where(Conflict.code == "server.restored"))
        assert item.state == "open" and item.area_id is None
        assert head(db.session) == stamp + 1
        assert db.session.query(Operation).count() == operations + 1
        db.session.remove()
        db.engine.dispose()


def test_a_database_that_is_not_empty_is_set_aside_only_when_it_is_said_in_words(backed_up, key):
    world, file = backed_up
    operations = db.session.query(Operation).count()
    before = rows_of_all()
    settings = closed(world)
    for said in (None, operations - 1):
        with pytest.raises(NotEmpty) as refusal:
            restore(file, read_private(key), settings, APPLICATION, in_place_of=said)
        assert refusal.value.operations == operations
    assert rows_of_all() == before
    closed(world)
    done = restore(file, read_private(key), settings, APPLICATION, in_place_of=operations)
    assert done.set_aside.is_dir()


def test_a_restore_waits_for_nobody_and_refuses_while_somebody_works_on_the_data(backed_up, key):
    world, file = backed_up
    settings = closed(world)
    with hold_in_use(settings.data), pytest.raises(InUse):
        restore(file, read_private(key), settings, APPLICATION, in_place_of=0)


def test_a_postgresql_to_which_another_machine_is_connected_is_in_use(cluster, tmp_path, world, key):
    file = back_up(world, tmp_path / "now.backup", key)
    closed(world)
    other = read_settings({"DATA": str(tmp_path / "elsewhere"), "DATABASE_URL": cluster.new_database()})
    with opened(other).app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(InUse):
            restore(file, read_private(key), other, APPLICATION)
        db.engine.dispose()


@pytest.mark.parametrize("spoilt", ["cut", "flipped", "empty", "another key"])
def test_a_damaged_backup_changes_nothing(backed_up, tmp_path, key, spoilt):
    world, file = backed_up
    before = rows_of_all()
    operations = len(before["operation"])
    settings = closed(world)
    content = bytearray(file.read_bytes())
    if spoilt == "flipped":
        content[len(content) // 2] ^= 1
    file.write_bytes({"cut": content[: len(content) - 100], "empty": b""}.get(spoilt, content))
    if spoilt == "another key":
        key = tmp_path / "other.key"
        make_keys(tmp_path / "somewhere", key)
    with pytest.raises(Unreadable):
        restore(file, read_private(key), settings, APPLICATION, in_place_of=operations)
    assert rows_of_all() == before
    assert [path.name for path in settings.data.iterdir() if path.name.startswith(("restor", "before"))] == []


def test_lines_left_out_by_somebody_who_can_encrypt_are_found_too(backed_up, key, tmp_path):
    """Encryption proves no author: whoever has the public key could write one. The digest and the counts prove the content whole."""
    _world, file = backed_up
    identity = read_private(key)
    lines = gzip.decompress(pyrage.decrypt(file.read_bytes(), [identity])).splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if json.loads(line) == {"rows": 0}) - 5
    for wrong in (lines[:place] + lines[place + 1 :], lines[:-1], [*lines, b"{}\n"]):
        sealed = pyrage.encrypt(gzip.compress(b"".join(wrong)), [identity.to_public()])
        (tmp_path / "wrong").write_bytes(sealed)
        with pytest.raises(Unreadable):
            check_backup(tmp_path / "wrong", identity)


def test_a_backup_taken_while_others_write_is_of_one_moment(each_world, tmp_path, key):
    """Each operation of it has its stamp, and no stamp lies beyond its counter."""
    app, stop = each_world.app, threading.Event()
    written = []

    def desk():
        with app.app_context():
            while not stop.is_set():
                written.append(each_world.person(f"住户{len(written)}"))
            db.session.remove()

    desks = [threading.Thread(target=desk) for _ in range(2)]
    for thread in desks:
        thread.start()
    files = [back_up(each_world, tmp_path / f"{n}.backup", key) for n in range(3)]
    stop.set()
    for thread in desks:
        thread.join()
    counts = []
    for file in files:
        lines = [json.loads(line) for line in gzip.decompress(pyrage.decrypt(file.read_bytes(), [read_private(key)])).splitlines()]
        heading, people = lines[0], rows_in(lines, "person")
        listed = [row for row in rows_in(lines, "operation") if row["type"] == "list_person"]
        assert len(people) == len(listed)
        assert max(row["stamp"] or 0 for row in rows_in(lines, "operation")) <= heading["stamp"]
        counts.append(len(people))
    assert counts == sorted(counts) and counts[-1] <= len(written)


def rows_in(lines: list, table: str) -> list[dict]:
    start = next(n for n, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table)
    rows = []
    for line in lines[start + 1 :]:
        if isinstance(line, dict):
            return rows
        rows.append(dict(zip(lines[start]["columns"], line, strict=True)))
    raise AssertionError(table)


def test_nobody_reads_names_in_a_backup_without_the_key(backed_up, tmp_path):
    _world, file = backed_up
    make_keys(tmp_path / "somewhere", tmp_path / "other.key")
    assert "住户0".encode() not in file.read_bytes()
    with pytest.raises(Unreadable):
        check_backup(file, read_private(tmp_path / "other.key"))


def test_keys_are_never_written_over(tmp_path):
    make_keys(tmp_path / "data", tmp_path / "one.key")
    with pytest.raises(KeyFault):
        make_keys(tmp_path / "data", tmp_path / "two.key")
    (tmp_path / "data" / "backup.pub").unlink()
    with pytest.raises(KeyFault):
        make_keys(tmp_path / "data", tmp_path / "one.key")
    assert (tmp_path / "one.key").stat().st_mode & 0o077 == 0


BEFORE_THE_COMMIT_POINT = ["load_tables before", "make_ready before"]
AFTER_IT = ["make_ready after", "swap_schemas after", "move_in after", "shutil.rmtree before"]


@pytest.mark.parametrize("cut", BEFORE_THE_COMMIT_POINT + AFTER_IT)
def test_a_restore_that_is_cut_off_has_happened_or_has_not(backed_up, key, cut):
    """Killed at any of its steps, the next start finds the old database or the restored one, whole; a second try succeeds."""
    import server.backup.restoring as restoring

    world, file = backed_up
    step, when = cut.split()
    extra = world.person("后来的")
    settings = closed(world)
    if step == "swap_schemas" and settings.database_url.startswith("sqlite"):
        pytest.skip("of PostgreSQL")
    script = tmp_script(settings, file, key, step, when)
    killed = subprocess.run([sys.executable, "-c", script], cwd=Path(restoring.__file__).parents[2], capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    finish_restore(settings)
    with opened(settings).app_context():
        happened = db.session.scalar(text("SELECT count(*) FROM epoch")) == 2
        found = db.session.scalar(text("SELECT count(*) FROM person WHERE id = :id"), {"id": extra})
        operations = db.session.query(Operation).count()
        assert found == (0 if happened else 1)
        db.session.remove()
        db.engine.dispose()
    assert happened == (cut in AFTER_IT)
    restore(file, read_private(key), settings, APPLICATION, in_place_of=operations)
    assert not (settings.data / READY).exists()


def tmp_script(settings: Settings, file: Path, key: Path, step: str, when: str) -> str:
    """A process that kills itself at this step; `put_in_place` and `rmtree` count from their second call on (the first only clears)."""
    environment = {"DATA": str(settings.data)}
    if settings.database_url.startswith("postgresql"):
        environment["DATABASE_URL"] = settings.database_url
    return f"""
import os, signal
from pathlib import Path
import server.backup.restoring as restoring
from server.backup.keys import read_private
from server.settings import read_settings
from tests.backup.test_backup import APPLICATION
import shutil
owner = shutil if "{step}" == "shutil.rmtree" else restoring
name = "{step}".rpartition(".")[2]
done, calls = getattr(owner, name), []
wanted = 2 if name in ("put_in_place", "rmtree") else 1
def cut(*args, **rest):
    calls.append(1)
    if "{when}" == "before" and len(calls) == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    result = done(*args, **rest)
    if len(calls) == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, name, cut)
settings = read_settings({environment!r})
try:
    restoring.restore(Path({str(file)!r}), read_private(Path({str(key)!r})), settings, APPLICATION)
except restoring.NotEmpty as fault:
    calls.clear()
    restoring.restore(Path({str(file)!r}), read_private(Path({str(key)!r})), settings, APPLICATION, fault.operations)
"""


def test_the_commands_make_a_key_back_up_refuse_and_restore(tmp_path):
    """As an operator does it, in processes of their own."""
    data, key, file = tmp_path / "data", tmp_path / "private.key", tmp_path / "now.backup"

    def bihuan(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name("bihuan"), *words], env=os.environ | {"DATA": str(data)}, capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout + done.stderr

    assert "backup-key" in bihuan("backup", str(file), code=1)
    assert "age1" in bihuan("backup-key", str(key))
    bihuan("create-admin", "han")
    assert "read back" in bihuan("backup", str(file))
    refused = bihuan("restore", str(file), "--key", str(key), code=1)
    count = refused.rpartition("--in-place-of ")[2].strip()
    assert "new epoch" in bihuan("restore", str(file), "--key", str(key), "--in-place-of", count)
    settings = read_settings({"DATA": str(data)})
    app = create_app(settings)
    migrate_database(app)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM epoch")) == 2
        assert db.session.scalar(text('SELECT username FROM "user"')) == "han"
        db.session.remove()
        db.engine.dispose()
