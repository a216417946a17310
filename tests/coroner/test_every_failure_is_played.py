"""docs/coroner.md is true: each of the thirty-five failures has its row, and every test it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.M)


def functions_of_tests() -> set[str]:
    trees = (ast.parse(file.read_text("utf-8")) for file in (ROOT / "tests").rglob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_of_the_thirty_five_has_a_row_and_tests_that_exist() -> None:
    rows = ROW.findall((ROOT / "docs" / "coroner.md").read_text("utf-8"))
    assert [int(number) for number, *_ in rows] == list(range(1, 36))
    there = functions_of_tests()
    for number, _, _, played in rows:
        named = re.findall(r"`(test_\w+)`", played)
        assert named, f"failure {number} is played by nobody"
        assert not (missing := set(named) - there), f"failure {number}: {missing}"
