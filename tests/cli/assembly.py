"""What the synthesis of a CDK app leaves, as far as commands look at it."""

from shopfast_obs.model.overlay import MARK
from shopfast_obs.settings import Settings


def wired(settings: Settings) -> None:
    """Say that the project's app applies the project's overlay."""
    folder = settings.assembly_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(str(settings.overlay_path.resolve()), encoding="utf-8")
