"""What a handler reaches of the modules around it."""

from __future__ import annotations

import pytest

from shopfast_obs.model.sources import Source
from shopfast_obs.parse.python.aws_calls import Modules

CLIENT = "import boto3\ndef handler(event, context):\n    return boto3.client('s3')\n"


def reached(handler: str, **files: str) -> Source | None:
    """The source that a handler reaches of these files."""
    return Modules({f"src/{name}.py": text for name, text in files.items()}).reached(handler, "src")


def modules(handler: str, **files: str) -> set[str]:
    """The modules that a handler reaches."""
    found = reached(handler, **files)
    assert found is not None
    return {path.removeprefix("src/") for path in found.modules}


def test_only_the_function_that_makes_the_client_is_accused() -> None:
    """Two functions share a folder."""
    files = {"a": "def handler(event, context):\n    return 1\n", "b": CLIENT}
    innocent, guilty = reached("a.handler", **files), reached("b.handler", **files)
    assert (innocent is not None and innocent.clients) == ()
    assert guilty is not None and [client.place for client in guilty.clients] == ["src/b.py:3"]


def test_two_handlers_of_one_module_are_two() -> None:
    """What one calls, also through helpers, is not the other's."""
    text = (
        "import boto3\ndef _save():\n    return boto3.client('s3')\n"
        "def create(event, context):\n    print(event)\n    return _save()\ndef read(event, context):\n    return 1\n"
    )
    create, read = reached("app.create", app=text), reached("app.read", app=text)
    assert create is not None and (len(create.clients), len(create.dumps)) == (1, 1)
    assert read is not None and (read.clients, read.dumps) == ((), ())


@pytest.mark.parametrize(
    "statement",
    [
        "import pkg.store",
        "from pkg import store",
        "from pkg.store import save",
        "try:\n    from pkg import store\nexcept ImportError:\n    store = None",
        "if DEBUG:\n    from pkg import other\nelse:\n    from pkg import store",
        "import importlib\nstore = importlib.import_module('pkg.store')",
        "def handler(event, context):\n    from pkg.store import save\n    save()",
        "def _late():\n    from pkg import store\ndef handler(event, context):\n    _late()",
    ],
)
def test_imports_are_followed_however_they_are_written(statement: str) -> None:
    """Through packages, conditional, by name, inside of functions that the handler calls."""
    files = {
        "app": f"{statement}\ndef handler(event, context):\n    return 1\n"
        if "def handler" not in statement
        else statement
    }
    files |= {"pkg/__init__": "", "pkg/store": "def save(): ...\n", "pkg/other": ""}
    assert {"pkg/__init__.py", "pkg/store.py"} <= modules("app.handler", **files)


def test_relative_imports_and_packages_are_followed() -> None:
    """From a handler inside of a package, one and two levels up, and what an `__init__` brings with it."""
    files = {
        "api/orders/app": "from . import views\nfrom ..shared import bus\ndef handler(event, context): ...\n",
        "api/orders/views": "",
        "api/shared/__init__": "from .log import logger\n",
        "api/shared/log": "logger = 1\n",
        "api/shared/bus": "",
        "api/other": CLIENT,
    }
    assert modules("api/orders/app.handler", **files) == {
        "api/orders/app.py", "api/orders/views.py", "api/shared/__init__.py", "api/shared/log.py", "api/shared/bus.py"
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\ndef handler(event, context): ...\n",
        "def handler(event, context): ...\nif __name__ == '__main__':\n    import b\n",
        "def _never():\n    import b\ndef handler(event, context): ...\n",
    ],
)
def test_what_lambda_never_runs_is_not_reached(text: str) -> None:
    """Imports for types, the part for the shell, a function that nothing names."""
    assert modules("a.handler", a=text, b=CLIENT) == {"a.py"}


def test_a_route_is_reached_through_its_decorator() -> None:
    """A framework calls it; a Powertools decorator of another handler does not."""
    text = (
        "import boto3\n@app.get('/x')\ndef x():\n    return boto3.client('s3')\n"
        "@tracer.capture_lambda_handler\ndef other(event, context):\n    return boto3.client('sqs')\n"
        "def handler(event, context):\n    return app.resolve(event, context)\n"
    )
    found = reached("app.handler", app=text)
    assert found is not None and [client.service for client in found.clients] == ["s3"]


def test_a_helper_called_handler_in_another_module_is_not_the_handler() -> None:
    """The name of the handler counts in its own module only."""
    found = reached(
        "a.handler", a="import b\ndef handler(event, context):\n    return b.SIZE\n", b=f"SIZE = 1\n{CLIENT}"
    )
    assert found is not None and found.clients == ()


def test_a_handler_from_elsewhere_is_reached_by_its_name() -> None:
    """Imported under the handler's name, or made by a call."""
    imported = reached("a.handler", a="from b import handler\n", b=CLIENT)
    renamed = reached("a.main", a="from b import handler as main\n", b=CLIENT)
    assert imported is not None and len(imported.clients) == 1
    assert renamed is not None and len(renamed.clients) == 1


def test_none_when_the_module_is_not_there() -> None:
    """A handler in a layer, or built elsewhere."""
    assert reached("gone.handler", a=CLIENT) is None


def test_modules_that_import_each_other_end() -> None:
    """A circle, and one that does not parse."""
    files = {"a": "import b\nimport c\ndef handler(event, context): ...\n", "b": "import a\n", "c": "def\n"}
    assert modules("a.handler", **files) == {"a.py", "b.py"}


STORE = (
    "import boto3\nclass Store{bases}:\n    def get(self):\n        return self.table.get_item(Key=1)\n"
    "    def all(self):\n        return self.table.scan()\n"
)


@pytest.mark.parametrize(
    ("bases", "use", "scans"),
    [
        ("", "Store().get()", False),
        ("(ABC)", "Store().get()", False),
        ("(Base)", "Store().get()", True),  # a base of elsewhere may call it
        ("", "Store().all()", True),
        ("", "getattr(Store(), 'all')()", True),
        ("", "getattr(Store(), event['what'])()", True),
        ("", "getattr(Store(), 'get')()", False),
    ],
)
def test_a_method_that_nothing_calls_does_nothing(bases: str, use: str, scans: bool) -> None:
    """Of a class that the handler uses."""
    app = f"from store import Store\ndef handler(event, context):\n    return {use}\n"
    found = reached("app.handler", app=app, store=STORE.format(bases=bases))
    assert found is not None and bool(list(found.of("scan"))) is scans


def test_a_library_that_the_package_carries_is_not_the_applications() -> None:
    """Its own clients are nobody's request."""
    library = "def client(name):\n    return _session().client(name)\ndef _session():\n    return Session()\n"
    app = "import boto3\ndef handler(event, context):\n    return boto3.client('s3')\n"
    found = reached("app.handler", app=app, boto3=library)
    assert found is not None and [client.place for client in found.clients] == ["src/app.py:3"]
    assert modules("app.handler", app=app, boto3=library) == {"app.py"}
