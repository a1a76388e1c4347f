"""Nothing is longer than one can hold in mind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure.source import inside, project_files, python_tree, short

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
ENDINGS = (".py", ".ts", ".tsx", ".mjs", ".css", ".html", ".js")

SCRIPT_FUNCTION = re.compile(r"^(\s*)(?:export )?(?:default )?(?:async )?(?:function\b|(?:const|let) \w+[^=]*=.*=>|(?:\w+ )*\w+\(.*\{$)")


def test_no_file_is_longer_than_400_lines():
    sizes = {short(file): len(lines(file)) for file in by_hand(*ENDINGS)}
    assert {name: size for name, size in sizes.items() if size > FILE_LINES_MAX} == {}


def test_no_python_function_is_longer_than_70_lines():
    found = [function for file in by_hand(".py") for function in python_functions(file)]
    assert [(name, size) for name, size in found if size > FUNCTION_LINES_MAX] == []


def test_no_script_function_is_longer_than_70_lines():
    files = [*inside("static", ".ts", ".tsx", ".mjs"), *inside("tests", ".ts", ".tsx")]
    found = [function for file in files for function in script_functions(file)]
    assert [(name, size) for name, size in found if size > FUNCTION_LINES_MAX] == []


def by_hand(*endings: str) -> list[Path]:
    """Everything but migrations, which Alembic writes and nobody changes afterwards."""
    return [file for file in project_files(*endings) if "server/store/migrations/versions/" not in short(file)]


def python_functions(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(python_tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{short(file)}: {node.name}", node.end_lineno - node.lineno + 1


def script_functions(file: Path) -> Iterator[tuple[str, int]]:
    """Where each function starts, and how many lines until a closing bracket stands at the same depth again."""
    text = lines(file)
    for number, line in enumerate(text):
        opened = SCRIPT_FUNCTION.match(line)
        if opened and line.rstrip().endswith(("{", "(", "[", "=>")):
            close = re.compile(rf"{opened[1]}[}})\]]")
            rest = (at for at in range(number + 1, len(text)) if close.match(text[at]))
            yield f"{short(file)}:{number + 1}", next(rest, len(text)) - number + 1


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()
