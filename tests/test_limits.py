"""No test has a limit of its own: a number that was enough here is too little on a slower machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ELSEWHERE = ("bench", "sim")  # these measure, and wait on a clock of their own
WAITS = ("wait", "wait_for", "join", "result", "until", "timeout")


def own_limits(source: str) -> Iterator[int]:
    """The lines that wait for a number of seconds written there."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = [word.value for word in call.keywords if word.arg == "timeout" or name in WAITS]
        given += call.args if name in WAITS else []
        if any(isinstance(value, ast.Constant) and type(value.value) in (int, float) for value in given):
            yield call.lineno


@pytest.mark.parametrize(
    "line", ["process.wait(10)", "until(there, 'x', 60)", "get(url, timeout=5)", "mark.timeout(9)"]
)
def test_a_number_is_found(line: str) -> None:
    assert list(own_limits(line)) == [1]


def test_every_limit_is_in_support_wait() -> None:
    files = [file for file in TESTS.rglob("*.py") if file.relative_to(TESTS).parts[0] not in ELSEWHERE]
    own = [f"{file.relative_to(TESTS)}:{line}" for file in files for line in own_limits(file.read_text("utf-8"))]
    assert len(files) > 100 and own == []
