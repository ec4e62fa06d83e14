"""What every tracked file keeps to: nothing of one machine in it, short, and documented."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[3] / "src"
SOURCES = sorted(SRC.rglob("*.py"))
LONGEST = 500  # lines

# One letter of each word is in brackets, so that this file doesn't hold what it looks for.
FOREIGN = {
    "a folder of one machine": re.compile(r"(?<![\w.<-])/(?:home|root|Users|wor[k]|mnt|private)/\w"),
    "a folder beside the checkout": re.compile(r"\.\./share[d]\b"),
    "a host that packages come from": re.compile(
        r"\b(?:pyp[i]|pythonhoste[d]|npmj[s]|yarnpk[g]|anacond[a]|jsdeliv[r]|unpk[g])\.(?:org|com|net)\b"
    ),
    "a tool that the project doesn't have": re.compile(r"\bfar[m]-[a-z]+\b"),
}


def module_name(path: Path) -> str:
    return str(path.relative_to(SRC))


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_of_one_machine_is_tracked(tracked: dict[str, str], what: str):
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in tracked.items()
        for number, line in enumerate(text.splitlines(), 1)
        if FOREIGN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a folder of one machine", "see /wor" + "k/notes"),
        ("a folder of one machine", '"/home' + '/someone/x.csv"'),
        ("a folder beside the checkout", "../share" + "d/data"),
        ("a host that packages come from", "https://pyp" + "i.org/simple"),
        ("a tool that the project doesn't have", "run far" + "m-build"),
    ],
)
def test_such_a_line_is_seen(what: str, line: str):
    assert FOREIGN[what].search(line)


def test_sources_are_there():
    assert len(SOURCES) > 100


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_module_is_short_and_says_what_it_is(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), f"{path}: a module opens with what it is"


def undocumented(scope: ast.AST, prefix: str = "") -> Iterator[str]:
    """Public functions and methods without a docstring. Properties read like fields."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            # The methods of a tree builder are its grammar's rules, and say no more than these
            if not any("Transformer" in ast.unparse(base) for base in node.bases):
                yield from undocumented(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_property = any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
            if not (node.name.startswith("_") or is_property or ast.get_docstring(node)):
                yield prefix + node.name
        elif not isinstance(node, ast.ClassDef):
            yield from undocumented(node, prefix)


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_public_functions_say_what_they_do(path: Path):
    assert list(undocumented(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_an_undocumented_function_is_seen():
    code = "def told():\n    'what'\ndef untold(): pass\nclass A:\n    def b(self): pass\n    def _c(self): pass\n"
    assert list(undocumented(ast.parse(code))) == ["untold", "A.b"]
