"""The mutants of `bench mutations`."""

from __future__ import annotations

import ast
from pathlib import Path

from bench._mutants import mutants, mutated

SOURCE = '''"""What it is."""
LIMIT = 3

def judge(value, names):
    """Says it."""
    if not value:
        return None
    names.append("Timeout")
    return value > LIMIT and "A sentence for people."
'''


def test_each_mutant_is_one_change_of_what_code_does() -> None:
    """Texts for people, imports and docstrings are left alone."""
    made = mutants(Path("a/rule.py"), SOURCE)
    kinds = sorted({one.kind for one in made})
    assert kinds == ["and or", "comparison", "condition", "constant", "removed", "returned"]
    texts = {ast.unparse(mutated(SOURCE, one.number)) for one in made}
    assert len(texts) == len(made) and ast.unparse(ast.parse(SOURCE)) not in texts
    assert all("A sentence for people." in text or "return None" in text for text in texts)


def test_an_id_outlives_lines_and_statements_around_it() -> None:
    """So that the code before a change and after it can be compared."""
    before = {one.id for one in mutants(Path("a/rule.py"), SOURCE)}
    moved = SOURCE.replace("LIMIT = 3", "LIMIT = 3\nOTHER = 'x'").replace("def judge(value", "def check(value, more")
    after = {one.id for one in mutants(Path("package/a/rule.py"), moved)}
    assert before < after
    assert before.isdisjoint(one.id for one in mutants(Path("a/other.py"), SOURCE))
