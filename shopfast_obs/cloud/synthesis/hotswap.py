"""Brings the last assembly to changed function code and to changed values of the overlay, without running the app.

The folders are staged by CDK's own code, and the outcome is what a synthesis would have made. Where anything else could
have come out of one, nothing is done, and the app is run.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from shopfast_obs.cloud.synthesis import documents, overlaid
from shopfast_obs.cloud.synthesis.documents import NotPossibleError
from shopfast_obs.cloud.synthesis.inputs import Inputs, Project
from shopfast_obs.cloud.synthesis.reads import Asset, Reads
from shopfast_obs.model.resources import FUNCTION

STAGE = Path(__file__).with_name("stage_assets.cjs")
TIMEOUT = 120  # seconds
ABBREVIATED = 8  # characters of a hash that nobody else has


def swap(project: Project, reads: Reads, before: Inputs, now: Inputs, decided: tuple[str, str]) -> Reads:
    """Change the assembly to what the inputs are now; what would have been noted. Raises NotPossibleError.

    `decided` is the overlay that it was synthesised with, and the one that there is now.
    """
    if before.settled != now.settled:
        raise NotPossibleError("more than code and overlay changed")
    if reads.outside:
        raise NotPossibleError("the app asks other programs")
    originals = documents.read(project.output)
    texts = dict(originals)
    if before.overlay != now.overlay:
        overlaid.patch(texts, project.output, *decided)
    changed = {source for source, digest in now.contents.items() if before.contents.get(source) != digest}
    assets = [asset for asset in reads.plain if str(asset.source) in changed]
    for asset in assets:
        _require_swappable(asset, reads, texts)
    fresh = dict(zip((asset.hash for asset in assets), _staged(project, assets), strict=True))
    texts = {path: _with_hashes(text, fresh) for path, text in texts.items()}
    documents.write(originals, documents.with_template_hashes(originals, texts))
    kept = tuple(_renamed(asset, fresh.get(asset.hash, asset.hash)) for asset in reads.assets)
    for asset in assets:
        if asset.staged not in {one.staged for one in kept}:
            shutil.rmtree(project.output / asset.staged, ignore_errors=True)
    return replace(reads, assets=kept)


def _with_hashes(text: str, fresh: Mapping[str, str]) -> str:
    """All at once: the new hash of one may be the old one of another."""
    return re.sub("|".join(fresh), lambda found: fresh[found[0]], text) if fresh else text


def _renamed(asset: Asset, fresh: str) -> Asset:
    return replace(asset, hash=fresh, staged=asset.staged.replace(asset.hash, fresh))


def _require_swappable(asset: Asset, reads: Reads, texts: Mapping[Path, str]) -> None:
    """Raise NotPossibleError unless the asset's hash stands in templates as the code of functions, and nowhere else."""
    if asset.hash in reads.hashes:
        raise NotPossibleError("the app was told the hash of the code")
    if any(other.hash == asset.hash and other.source != asset.source for other in reads.assets):
        raise NotPossibleError("two folders with the same content are one asset")
    for path, template in documents.templates(texts).items():
        resources = template.get("Resources", {})
        apart = documents.versioned(resources)
        code = [
            logical_id
            for logical_id, entry in resources.items()
            if entry.get("Type") == FUNCTION and _key(entry) == f"{asset.hash}.zip"
        ]
        if apart & set(code):
            raise NotPossibleError("a function has versions")
        in_metadata = sum(json.dumps(entry.get("Metadata", {})).count(asset.hash) for entry in resources.values())
        if texts[path].count(asset.hash[:ABBREVIATED]) != len(code) + in_metadata:
            raise NotPossibleError("the hash of the code stands for more than code")


def _key(entry: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a template value has any JSON type
    code = entry.get("Properties", {}).get("Code")
    return code.get("S3Key") if isinstance(code, Mapping) else None


def _staged(project: Project, assets: Sequence[Asset]) -> Sequence[str]:
    """Stage the folders anew; the hash of each."""
    if not assets:
        return []
    node = str(project.node) if project.node else shutil.which("node")
    libraries = {asset.library for asset in assets}
    if node is None or len(libraries) != 1:
        raise NotPossibleError("there is no Node, or more than one CDK")
    wanted = {
        "library": libraries.pop(),
        "output": str(project.output),
        "assets": [{"source": str(asset.source), "options": asset.options} for asset in assets],
    }
    try:
        done = subprocess.run(  # noqa: S603 - our Node and program, CDK's library
            [node, str(STAGE)], input=json.dumps(wanted), capture_output=True, text=True, timeout=TIMEOUT, check=True
        )
        hashes = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        raise NotPossibleError(f"CDK's library did not stage the code: {problem}") from None
    return [str(found) for found in hashes]
