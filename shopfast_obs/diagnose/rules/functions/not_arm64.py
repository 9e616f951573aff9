"""Functions on the dearer processor."""

from __future__ import annotations

from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = setting(
    "lambda-not-arm64",
    "The function runs on x86",
    Severity.INFO,
    FUNCTION,
    Setting(
        "Architectures",
        lambda value: isinstance(value, list | tuple) and "arm64" in value,
        "{name} runs on x86: on arm64 the same GB-seconds cost a fifth less",
        concerns=lambda function, _: "it is an image" if function.properties.get("PackageType") == "Image" else "",
    ),
    when="Architectures does not have arm64.",
    why="arm64 costs 20 % less a GB-second, and most Python code is as fast there.",
    remedy="`Architectures: [arm64]`, after a test of what is compiled in the package.",
    limits="Whether every wheel of the package exists for arm64 is not looked at.",
    misleads="The price list is per GB-second, so nobody sees it in a single invocation.",
)
