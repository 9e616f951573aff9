"""Functions on a runtime that AWS no longer patches."""

from __future__ import annotations

from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

# When AWS stops patching: Lambda guide, "Runtime deprecation policy".
ENDS = {
    "python2.7": "2021-07-15",
    "python3.6": "2022-07-18",
    "python3.7": "2023-12-04",
    "python3.8": "2024-10-14",
    "python3.9": "2025-12-15",
    "python3.10": "2026-10-31",
    "nodejs12.x": "2023-03-31",
    "nodejs14.x": "2023-12-04",
    "nodejs16.x": "2024-06-12",
    "nodejs18.x": "2025-09-01",
    "nodejs20.x": "2026-04-30",
    "java8": "2024-01-08",
    "go1.x": "2024-01-08",
    "ruby2.7": "2023-12-07",
    "ruby3.2": "2026-03-31",
    "dotnetcore3.1": "2023-04-03",
    "dotnet6": "2024-12-20",
    "provided": "2024-01-08",
}

RULE = setting(
    "lambda-runtime-old",
    "The runtime is out of support",
    Severity.MEDIUM,
    FUNCTION,
    Setting(
        "Runtime",
        lambda runtime: str(runtime) not in ENDS,
        "{name} runs on {value}, which AWS stops patching: no security updates, then no new deployments",
    ),
    when="the runtime is one whose deprecation AWS has announced.",
    why="Without patches every library below the code ages; later neither code nor configuration can be changed.",
    remedy="The next version of the language; test there first.",
    limits="The dates are those of the Lambda guide as of 2026; an image brings its own runtime and is not judged.",
    misleads="It goes on working for months: the end comes with the next change.",
)
