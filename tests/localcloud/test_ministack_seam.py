"""The contract with MiniStack: when a new version moves a seam, this fails first and says which."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import shopfast_obs
from shopfast_obs.localcloud.ministack.patch_registry import SEAMS

LOCALCLOUD = Path(shopfast_obs.__file__).parent / "localcloud"
PROBE = "import json; from shopfast_obs.localcloud.ministack import patch_registry as it; print(json.dumps(it.moved()))"


def probe(code: str, tmp_path: Path) -> list[str]:
    """What a fresh process prints; MiniStack reads its environment at import and must not read this one's."""
    environment = {**os.environ, "STATE_DIR": str(tmp_path), "S3_DATA_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_seam_is_where_it_was(tmp_path: Path) -> None:
    """Each function that is replaced or called exists with its parameters, each store exists."""
    assert probe(PROBE, tmp_path) == []


def test_a_moved_seam_is_named(tmp_path: Path) -> None:
    """Gone, another signature, no function any more: each is told apart."""
    spoil = (
        "from ministack.services import lambda_svc, sns, sqs\n"
        "del lambda_svc._execute_function\n"
        "sns._fanout = lambda topic_arn: None\n"
        "sqs._queue_url = 1\n"
    )
    said = probe(spoil + PROBE, tmp_path)
    assert said[0] == "ministack.services.lambda_svc._execute_function is gone"
    assert said[1].startswith("ministack.services.sns._fanout takes ('topic_arn',), not ('topic_arn', 'msg_id'")
    assert said[2] == "ministack.services.sqs._queue_url is no function any more"


def test_nobody_else_touches_ministack() -> None:
    """One package imports MiniStack."""
    package = LOCALCLOUD.parent
    importers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if "ministack" in _imports(node)
    }
    assert {name for name in importers if not name.startswith("localcloud/ministack/")} == set()


def test_every_private_name_that_is_used_is_in_the_contract() -> None:
    """A seam that nobody wrote down would move unseen."""
    listed = {name for names in SEAMS.values() for name in names}
    own = {"_data", "__init__", "__name__"}
    for path in sorted((LOCALCLOUD / "ministack").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not _is_self(node.value):
                assert node.attr in listed | own, f"{path.name}:{node.lineno}: {node.attr} is not in patch_registry.py"


def _imports(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
