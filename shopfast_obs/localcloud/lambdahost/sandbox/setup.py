"""What an execution environment needs before it can start: folders, search path, variables, command."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shopfast_obs.localcloud.interface import FunctionSpec
from shopfast_obs.localcloud.lambdahost.sandbox.distributions import runtime_dir
from shopfast_obs.localcloud.lambdahost.sandbox.packages import CannotPrepareError, layer_dirs, task_root
from shopfast_obs.localcloud.lambdahost.sandbox.processes import Command, interpreter
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Place, Surroundings, environment

ENTRY = Path(__file__).with_name("runtime_entry.py").resolve()
MB = 1 << 20
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LaunchCommand:
    """A command and its variables."""

    command: Command
    environ: Mapping[str, str]


@dataclass(slots=True)
class HostLocation:
    """Where the host keeps its files, and where its functions find AWS."""

    state: Path
    at: Surroundings
    _said: set[str] = field(default_factory=set)

    def prepare(self, spec: FunctionSpec, home: Path, stream: str) -> Place:
        """The folders of an environment; raises CannotPrepareError."""
        if not spec.runtime.startswith("python"):
            raise CannotPrepareError(f"runtime {spec.runtime!r} cannot be run here; only Python functions can")
        self._compare_versions(spec)
        layers = layer_dirs(self.state, spec)
        place = Place(task_root(self.state, spec), layers, runtime_dir(self.state, self.at.libraries), home, stream)
        (home / "tmp").mkdir(parents=True, exist_ok=True, mode=0o700)
        return place

    def equip(self, spec: FunctionSpec, place: Place, runtime_api: str) -> LaunchCommand:
        """The command that starts the runtime in those folders."""
        argv = (interpreter(), "-S", "-s", "-P", str(ENTRY))
        environ = environment(spec, place, runtime_api, self.at)
        return LaunchCommand(Command(argv, str(place.task_root), spec.memory_mb * MB), environ)

    def _compare_versions(self, spec: FunctionSpec) -> None:
        ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
        if spec.runtime != ours and spec.runtime not in self._said:
            self._said.add(spec.runtime)
            _LOG.warning("functions with runtime %s run under %s here", spec.runtime, ours)
