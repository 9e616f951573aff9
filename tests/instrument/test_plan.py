"""From folders to a plan: which files, which modules, what is left alone and why."""

import os
import zipfile
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.errors import ProjectError
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.service import HEAD

HANDLER = "def lambda_handler(event, context):\n    print('x')\n"


def tree(root: Path, **files: str | bytes) -> Path:
    """Files below the root; `__` in a name stands for a slash."""
    for name, content in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def plan(root: Path, *paths: str) -> Instrumentation:
    """The plan with all codemods for paths below the root."""
    return for_paths([root / path for path in paths or ("",)], root, selected())


def statuses(found: Instrumentation) -> dict[str, str]:
    """Path to status."""
    return {str(f.path.relative_to(found.root)): f.status for f in found.files}


def reason(found: Instrumentation, name: str) -> str:
    """Why a file was left alone."""
    return next(f.reason for f in found.files if f.path.name == name)


def text(found: Instrumentation, path: str) -> str:
    """What a file becomes."""
    return next(c.after or b"" for c in found.plan.changes if c.path == path).decode()


def again_and_back(found: Instrumentation, root: Path) -> None:
    """A second run changes nothing; undo restores every byte."""
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    engine.apply(found.plan, root, root / ".state")
    assert plan(root).plan.empty
    engine.undo(root, root / ".state")
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and ".state" not in p.parts} == before


@pytest.mark.parametrize(
    "lazily",
    ["def work():\n    from .common import x\n", "try:\n    from .common import x\nexcept ImportError:\n    x = 1\n"],
)
def test_a_relative_import_that_may_not_run_makes_no_package_of_the_handler(tmp_path: Path, lazily: str) -> None:
    """Lambda may load the file alone, and a new relative import at its top would fail."""
    tree(tmp_path, a__handler=f"{lazily}\n\n{HANDLER}", a__common="x = 1\n", a____init__="")
    assert "from ." not in text(plan(tmp_path), "a/handler.py").replace("from .common", "")


def test_a_service_of_several_modules_shares_one_module_of_objects(tmp_path: Path) -> None:
    """Modules that it reaches are converted, others stay out of it."""
    tree(
        tmp_path,
        a__handler="import logic\n\n\n" + HANDLER,
        a__logic="import store\n\n\ndef f():\n    print('x')\n",
        a__store="def g():\n    print('x')\n",
        a__script="def h():\n    print('x')\n",
        a__tests__test_x=HANDLER,
    )
    found = plan(tmp_path)
    assert statuses(found) == {
        "a/handler.py": "changed",
        "a/logic.py": "changed",
        "a/store.py": "changed",
        "a/observability.py": "changed",
    }
    made = text(found, "a/observability.py")
    assert made.startswith(HEAD)
    assert [line.split(" = ")[0] for line in made.splitlines() if " = " in line] == ["logger", "tracer", "metrics"]
    assert "from observability import logger\n" in text(found, "a/store.py")
    again_and_back(found, tmp_path)


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        ("import logic", "from observability import"),
        ("from logic import f", "from observability import"),
        ("from .logic import f", "from .observability import"),
        ("from . import logic", "from .observability import"),
        ("from app.logic import f", "from app.observability import"),
    ],
)
def test_the_objects_are_imported_as_the_service_imports_its_own_modules(
    tmp_path: Path, imported: str, expected: str
) -> None:
    """What works for the siblings works for the new one."""
    tree(tmp_path, app__handler=f"{imported}\n\n\n{HANDLER}", app__logic="def f():\n    print('x')\n", app____init__="")
    found = plan(tmp_path)
    assert expected in text(found, "app/handler.py")
    assert expected in text(found, "app/logic.py")
    again_and_back(found, tmp_path)


def test_a_package_below_the_service_reaches_up(tmp_path: Path) -> None:
    """With as many dots as it is deep."""
    tree(
        tmp_path, app__handler="from .lib.store import g\n\n\n" + HANDLER, app__lib__store="def g():\n    print('x')\n"
    )
    assert "from ..observability import logger" in text(plan(tmp_path), "app/lib/store.py")


def test_handlers_without_siblings_make_their_own(tmp_path: Path) -> None:
    """A folder of functions in one file each has no new module."""
    tree(tmp_path, create=HANDLER, get=HANDLER)
    found = plan(tmp_path)
    assert statuses(found) == {"create.py": "changed", "get.py": "changed"}
    again_and_back(found, tmp_path)


def test_a_module_that_makes_a_logger_already_is_the_one(tmp_path: Path) -> None:
    """It gets what it lacks."""
    own = "from aws_lambda_powertools import Logger\n\nlogger = Logger(service='x')\n"
    tree(tmp_path, handler="import log\n\n\n" + HANDLER, log=own)
    found = plan(tmp_path)
    assert "from log import logger, metrics, tracer" in text(found, "handler.py")
    assert "logger = Logger(service='x')\ntracer = Tracer()\n" in text(found, "log.py")
    again_and_back(found, tmp_path)


def test_a_taken_name_is_not_taken_again(tmp_path: Path) -> None:
    """Somebody's own observability.py stays theirs."""
    tree(tmp_path, handler="import logic\n\n\n" + HANDLER, logic="", observability="X = 1\n")
    found = plan(tmp_path)
    assert "from service_observability import" in text(found, "handler.py")
    again_and_back(found, tmp_path)


def test_encodings_newlines_and_byte_order_marks_survive(tmp_path: Path) -> None:
    """What is not changed is the same byte."""
    latin = f"# -*- coding: latin-1 -*-\n{HANDLER}    return 'é'\n".encode("latin-1")
    tree(tmp_path, latin=latin, bom=b"\xef\xbb\xbf" + HANDLER.encode(), dos=HANDLER.replace("\n", "\r\n"))
    found = plan(tmp_path)
    after = {change.path: change.after or b"" for change in found.plan.changes}
    assert after["latin.py"].endswith(b"    return '\xe9'\n")
    assert after["bom.py"].startswith(b"\xef\xbb\xbf")
    assert after["dos.py"].count(b"\n") == after["dos.py"].count(b"\r\n")
    again_and_back(found, tmp_path)


def test_what_cannot_be_read_or_must_not_be_written_is_skipped_with_the_reason(tmp_path: Path) -> None:
    """And does not keep the others from being instrumented."""
    tree(
        tmp_path,
        good=HANDLER,
        old="def lambda_handler(event, context):\n    print 'x'\n",
        odd=b"# -*- coding: utf-8 -*-\n" + b"def lambda_handler(event, context): '\xff'\n",
        made="# Code generated by protoc. DO NOT EDIT.\n" + HANDLER,
        locked=HANDLER,
        large=HANDLER + "x = 1\n" * 80_000,
    )
    (tmp_path / "locked.py").chmod(0o444)
    (tmp_path / "link.py").symlink_to("good.py")
    os.mkfifo(tmp_path / "pipe.py")
    found = plan(tmp_path)
    assert statuses(found) == {"good.py": "changed"} | dict.fromkeys(
        ("old.py", "odd.py", "made.py", "locked.py", "large.py", "link.py", "pipe.py"), "skipped"
    )
    assert "no regular file" in reason(found, "pipe.py")
    assert "does not parse as Python 3" in reason(found, "old.py")
    assert "mend it" in reason(found, "old.py")
    assert "encoding" in reason(found, "odd.py")
    assert "generated" in reason(found, "made.py")
    assert "read-only" in reason(found, "locked.py")
    assert "it has 480,051 characters; files of 400,000 at most" in reason(found, "large.py")
    assert "symbolic link" in reason(found, "link.py")


def test_what_others_installed_and_hidden_folders_are_not_looked_at(tmp_path: Path) -> None:
    """Nor is a folder that links elsewhere."""
    tree(tmp_path, app=HANDLER, node_modules__x=HANDLER, venv__y=HANDLER)
    tree(tmp_path / ".aws-sam", z=HANDLER)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert statuses(plan(tmp_path)) == {"app.py": "changed"}


def test_a_folder_without_a_handler_is_an_error(tmp_path: Path) -> None:
    """Among others, too."""
    tree(tmp_path, a__app=HANDLER, b__model="X = 1\n")
    with pytest.raises(ProjectError, match=r"No Lambda handler was found in .*b"):
        plan(tmp_path, "a", "b")


def test_a_file_without_a_handler_beside_one_with_is_skipped(tmp_path: Path) -> None:
    """A list of files comes from a tool; one of them is no reason to stop."""
    tree(tmp_path, app=HANDLER, model="X = 1\n")
    found = plan(tmp_path, "app.py", "model.py")
    assert statuses(found) == {"model.py": "skipped", "app.py": "changed"}


def test_the_plan_says_what_sources_alone_do_not_bring(tmp_path: Path) -> None:
    """Where the layers come from, nearest first: a command of the project, a template above, else the archive."""
    tree(tmp_path, src__app=HANDLER)
    first, second = plan(tmp_path, "src").plan.effects
    assert "aws-lambda-powertools[tracer] and shopfast_obs.runtime" in first
    assert "--layer FILE" in second
    (tmp_path / "template.yaml").touch()
    assert "--template template.yaml" in plan(tmp_path, "src").plan.effects[1]
    (tmp_path / "src" / "serverless.yml").touch()
    assert "--template src/serverless.yml" in plan(tmp_path, "src").plan.effects[1]
    found = for_paths([tmp_path / "src"], tmp_path, selected(), command="deploy")
    assert found.plan.effects[1].endswith("with: deploy")
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert plan(tmp_path, "src").plan.effects == ()


def test_the_layer_can_be_written_beside_and_is_undone_with_the_sources(tmp_path: Path) -> None:
    """Anywhere; it is there once."""
    tree(tmp_path, project__app=HANDLER)
    layer = tmp_path / "out" / "layer.zip"
    found = for_paths([tmp_path / "project"], tmp_path / "project", selected(), layer=layer)
    engine.apply(found.plan, found.root, tmp_path / ".state", project=tmp_path / "project")
    assert zipfile.is_zipfile(layer)
    assert for_paths([tmp_path / "project"], tmp_path / "project", selected(), layer=layer).plan.empty
    engine.undo(tmp_path / "project", tmp_path / ".state")
    assert not layer.parent.exists()


def test_paths_outside_of_the_project_have_a_root_of_their_own(tmp_path: Path) -> None:
    """What the paths have in common."""
    tree(tmp_path, x__a=HANDLER, x__b=HANDLER)
    found = for_paths([tmp_path / "x/a.py", tmp_path / "x/b.py"], tmp_path / "project", selected())
    assert found.root == tmp_path / "x"
    assert [change.path for change in found.plan.changes] == ["a.py", "b.py"]


def test_a_codemod_that_breaks_fails_one_file_only(tmp_path: Path) -> None:
    """The others are done."""

    class Broken(type(selected(("tracer",))[0])):  # type: ignore[misc]
        def transform(self, module: object, context: object) -> object:
            raise RuntimeError("defect")

    tree(tmp_path, a=HANDLER)
    found = for_paths([tmp_path], tmp_path, [Broken()])
    assert [(f.status, f.reason) for f in found.files] == [("failed", "RuntimeError: defect")]
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.parametrize(
    "line",
    [
        "type Pair[T] = tuple[T, T]",
        "def first[T](items: list[T]) -> T: return items[0]",
        "class Box[T = int]: pass",
        'NAME = f"{d["a"]}"',
        'NAME = f"{d["k"]!r:{width}}" \'x\'',
        'TEXT = t"hello {name}"',
        "try:\n    go()\nexcept KeyError, ValueError:\n    pass",
        "ALL = [*part for part in parts]",
        "ALL = {**part for part in parts}",
        "lazy import json",
        "lazy from json import dumps",
    ],
)
def test_syntax_newer_than_the_python_that_runs_here_is_instrumented_and_kept(tmp_path: Path, line: str) -> None:
    """What the code is written for decides, not what reads it; the rest of the file is the same to the letter."""
    tree(tmp_path, app=f"{line}\n\n\n{HANDLER}")
    found = plan(tmp_path)
    assert statuses(found) == {"app.py": "changed"}
    assert f"{line}\n" in text(found, "app.py")
    again_and_back(found, tmp_path)


@pytest.mark.parametrize(
    "tail", ["", " ", "\n\n ", "\n \n", "\n\n\n  \n\t", "\n    # end\n\n ", "\r\n\r\n ", "\n\x0c\n "]
)
def test_whatever_a_file_ends_in_stays_its_end(tmp_path: Path, tail: str) -> None:
    """Blank lines, spaces, no newline."""
    tree(tmp_path, app=f"def lambda_handler(event, context):\n    return 1{tail}")
    found = plan(tmp_path)
    assert text(found, "app.py").endswith(f"    return 1{tail}")
    again_and_back(found, tmp_path)


def test_a_name_that_is_only_read_is_taken(tmp_path: Path) -> None:
    """A star import binds it; our object under that name would hide it."""
    tree(tmp_path, app="from common import *\n\n\ndef lambda_handler(event, context):\n    metrics.append(1)\n")
    made = text(plan(tmp_path), "app.py")
    assert "@service_metrics.log_metrics" in made
    assert "    metrics.append(1)\n" in made


@pytest.mark.parametrize(
    "router",
    [
        "from orders import create_order\n\n\ndef handler(event, context):\n    return create_order(event, context)\n",
        "import orders\n\n\ndef handler(event, context):\n    return orders.create_order(event, context)\n",
        "import orders as o\n\nALL = {'c': o.create_order}\n\n\ndef handler(event, context):\n    return ALL['c']\n",
        "from .orders import create_order\n\n\ndef handler(event, context):\n    return create_order(event, context)\n",
        "import routes\n\n\ndef handler(event, context):\n    return routes.ALL\n",
    ],
)
def test_what_a_sibling_uses_is_no_entry_point(tmp_path: Path, router: str) -> None:
    """Its parameters look like one; decorated it would write a second set of metrics for each request."""
    order = "def create_order(event, context):\n    return 1\n\n\ndef other(event, context):\n    return 2\n"
    tree(tmp_path, index=router, orders=order, routes="from orders import create_order\n\nALL = [create_order]\n")
    found = plan(tmp_path)
    assert "@observed\n" in text(found, "index.py")
    made = text(found, "orders.py")
    assert "\n\ndef create_order" in made or made.startswith("def create_order")
    assert made.count("@observed") == 1
    again_and_back(found, tmp_path)


def test_a_handler_by_name_stays_one_whoever_imports_it(tmp_path: Path) -> None:
    """Local runners and routers import handlers that Lambda calls as well."""
    tree(
        tmp_path, app=HANDLER, router="import app\n\n\ndef handler(event, context):\n    app.lambda_handler(event, 1)\n"
    )
    assert statuses(plan(tmp_path))["app.py"] == "changed"
    assert "@observed" in text(plan(tmp_path), "app.py")
