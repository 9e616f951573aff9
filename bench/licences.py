"""docs/reference/licences.md: the licence of every locked package, by where it goes. `--write` makes it anew."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference/licences.md"
FUNCTION = ("aws-lambda-powertools", "aws-xray-sdk", "opentelemetry-sdk")
# locked for other platforms, so that their metadata is not at hand here
ELSEWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause", "pywin32": "PSF-2.0", "pyyaml-ft": "MIT"}
# packages whose metadata name none, or only that it is approved: read from the licence file in the package
READ = {
    **dict.fromkeys(
        ("aws-cdk-asset-awscli-v1", "aws-cdk-asset-node-proxy-agent-v6", "aws-cdk-cloud-assembly-schema"), "Apache-2.0"
    ),
    **dict.fromkeys(("aws-cdk-lib", "constructs"), "Apache-2.0"),
    "axe-playwright-python": "MIT",
}
SHORT = {
    "MIT License": "MIT", "MIT No Attribution License (MIT-0)": "MIT-0", "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip
# licences that would bind the code of whoever uses us
BINDING = re.compile(
    r"\b(?:A|L)?GPL|\bSSPL|\bEUPL|\bCC-BY-(?:NC|SA)|\bBUSL|Commons Clause|Affero|Lesser General", re.IGNORECASE
)
HEAD = """# Licences

Every package that `requirements.lock` and the `package-lock.json` files name, with the licence that its own
metadata state. `functions`: what an instrumented function imports. `product`: what the installed product needs.
`development`: tests, benches and checks alone. None binds the code of an application: no GPL, AGPL, LGPL, SSPL or
their kin; MPL-2.0 binds changes of its own files only. Made by `python -m bench.licences --write`.

| package | licence | where |
|---|---|---|
"""


def python_rows() -> Iterator[tuple[str, str, str]]:
    """Name, licence and place of each Python package."""
    functions, product = _closure(FUNCTION), _closure(_required())
    for name in sorted(_locked("requirements.lock")):
        yield name, licence(name), "functions" if name in functions else "product" if name in product else "development"


def node_rows() -> Iterator[tuple[str, str, str]]:
    """The same of the npm packages: the CDK command, and the shop's page."""
    found: dict[str, tuple[str, str]] = {}
    for folder, place in (
        ("shopfast_obs/cloud/deploy/cdk_cli", "product (npm)"),
        ("starter/frontend", "the shop's page (npm)"),
    ):
        packages = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        for path, package in packages.items():
            name = path.rpartition("node_modules/")[2]
            if name:
                found.setdefault(name, (str(package.get("license", "not stated")), place))
    for name, (said, place) in sorted(found.items()):
        yield name, said, place


def page() -> str:
    """The whole page."""
    rows = [*python_rows(), *node_rows()]
    return HEAD + "".join(f"| {name} | {said} | {place} |\n" for name, said, place in rows)


def licence(name: str) -> str:
    """What the package's metadata state, in short."""
    if name in ELSEWHERE or name in READ:
        return ELSEWHERE.get(name) or READ[name]
    told = metadata.metadata(name)
    classifiers = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or () if line.startswith("License ::")
    ]
    return (
        told.get("License-Expression")
        or ", ".join(SHORT.get(line, line) for line in classifiers)
        or str(told.get("License"))
    )


def _locked(lock: str) -> set[str]:
    return set(re.findall(r"(?m)^([a-z0-9._-]+)(?:\[[^]]*\])?==", (ROOT / lock).read_text(encoding="utf-8")))


def _required() -> tuple[str, ...]:
    """The core, its extras and the process of the local cloud."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = said["project"]["optional-dependencies"].values()
    lines = [
        *said["project"]["dependencies"],
        *(line for extra in extras for line in extra),
        *said["dependency-groups"]["cloud"],
    ]
    return tuple(name for line in lines if (name := Requirement(line).name) != "shopfast-obs")


def _closure(roots: tuple[str, ...]) -> set[str]:
    """The packages and everything that they need, extras of the roots included."""
    found: set[str] = set()
    queue = [(root, True) for root in roots]
    while queue:
        name, extras = queue.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            needs = metadata.requires(key) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(key)
        queue += [(Requirement(line).name, False) for line in needs if extras or "extra ==" not in line]
    return found


def main() -> None:
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    rows = [*python_rows(), *node_rows()]
    binding = sum(bool(BINDING.search(said)) for _, said, _ in rows)
    print(f"{len(rows)} packages, {binding} with a licence that binds a user's code")


if __name__ == "__main__":
    main()
