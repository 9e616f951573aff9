"""The settings of pyproject.toml and the environment variables, each with what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from docs.generators.markdown import WRITTEN, code, plain, table
from shopfast_obs.settings import LISTS, Settings

# Fields of Settings that no setting fills.
FILLED = frozenset({"root", "file", "endpoint_url", "profile", "keys", "cache"})
SETTINGS: Mapping[str, str] = {
    "app": "the entry file of the CDK app, such as `infra/app.py`",
    "overlay": "the file with the decisions of the retrofit, which the CDK app applies",
    "services": "the folders whose children are sources of functions",
    "codemods": "the profile of codemods that `instrument` runs: `decorators`, `logs` or `all`",
    "tracing": "how `instrument` traces handlers: `xray` (Powertools' Tracer) or `otel` (OpenTelemetry)",
    "metrics": "the plan of business metrics",
    "runbooks": "the folder of runbooks and exercises",
    "log_alarm_role": "the ARN of the role by which log alarms query logs",
    "runbook_url": "the address of your own runbooks; `{kind}` stands for the kind of alarm",
    "suppress": "findings to live with: tables with `rule`, `resource`, `reason`, `until`",
    "suppressions": "a YAML or TOML file with more of them",
    "tests": "the command that runs the tests of the application, or `none`",
    "tests_limit": "how long the tests may take: `60s`, `10m`",
    "seed": "`FILE.py:FUNCTION` that loads the data of the application after `deploy`",
    "shoppers": "the file with the `SCENARIOS` of `traffic`",
    "runtime_boto3": "the version of boto3 that functions find on the local cloud where their package has none",
    "frontend": "the folder of the page: an npm project that builds into `dist/`",
    "state": "the folder of the local cloud, the journal and the progress of the workshop",
    "region": "the AWS region where neither `--region` nor the environment names one",
}
# Variables that a user sets, by who reads them.
COMMANDS: Mapping[str, str] = {
    "SHOPFAST_OBS_STATE": "the state folder, in place of the setting `state`; it may lie outside of the project",
    "AWS_ENDPOINT_URL": "a cloud that somebody else started: commands read it in place of the project's own",
    "AWS_REGION": "the region; before `AWS_DEFAULT_REGION` and the setting",
    "AWS_DEFAULT_REGION": "the region where `AWS_REGION` is not set",
    "AWS_PROFILE": "the profile of `--target aws`",
    "AWS_ACCESS_KEY_ID": "credentials, as for any AWS client",
    "AWS_SECRET_ACCESS_KEY": "goes with it",
    "AWS_SESSION_TOKEN": "goes with it",
    "XDG_CACHE_HOME": "the folder of environments and built pages; `~/.cache` where it is not set",
    "XDG_DATA_HOME": "the folder of the user's key and of details of defects; `~/.local/share` where it is not set",
    "COLUMNS": "the width of the output in columns",
    "FORCE_COLOR": "colours also where the output is no terminal",
    "NO_COLOR": "no colours",
}
FUNCTIONS: Mapping[str, str] = {
    "SHOPFAST_OBS_CORRELATION": "`off`: the correlation id is not carried on",
    "SHOPFAST_OBS_CORRELATION_PAYLOADS": "services whose payloads carry the id, too: `eventbridge`, `lambda`, "
    "`stepfunctions`, `kinesis`, or `all`",
    "SHOPFAST_OBS_DEADLINE": "`off`: nothing is written shortly before the timeout",
    "SHOPFAST_OBS_DEADLINE_MARGIN_MS": "how long before the timeout it is written, in milliseconds; 300 and more with little memory",
    "SHOPFAST_OBS_PARALLEL": "`off`: the X-Ray SDK's subsegments do not follow tasks and threads",
    "SHOPFAST_OBS_ROUTES": "`off`: HTTP requests are not counted by route",
    "SHOPFAST_OBS_HANDLER": "set by `instrument --live`: the handler that the wrapper loads",
    "SHOPFAST_OBS_ROOT_LEVEL": "set by `instrument --live`: the level of the root logger where logs were text",
    "SHOPFAST_OBS_TRACING": "set by `instrument --live`: how the wrapper traces: `xray`, `otel`, or `none` where another tracer does",
    "POWERTOOLS_METRICS_NAMESPACE": "the namespace of metrics; without it no business metric and no metric of routes is written",
    "POWERTOOLS_SERVICE_NAME": "the dimension `service` of metrics and the service of log lines",
    "POWERTOOLS_LOG_LEVEL": "the level of structured log lines",
}
# What processes of the toolkit tell each other; nobody sets them.
INTERNAL = frozenset(
    {
        "SHOPFAST_OBS_PROOF_ONLY", "SHOPFAST_OBS_PROOF_RESULTS", "SHOPFAST_OBS_PROOF_ORIGINAL", "SHOPFAST_OBS_PROOF_COPY",
        "SHOPFAST_OBS_RECORD", "SHOPFAST_OBS_NODE_RECORD",
    }
)  # fmt: skip


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/settings.md", "\n".join(_page()) + "\n"


def known() -> frozenset[str]:
    """The settings that the code takes."""
    return frozenset(field.name for field in fields(Settings)) - FILLED


def _page() -> Iterator[str]:
    yield from ("# Settings and environment variables", "", WRITTEN, "")
    yield "The settings stand in `[tool.shopfast-obs]` of the nearest `pyproject.toml`. Paths are relative to it and stay inside of the project. An option of a"
    yield from ("command goes before the environment, the environment before the settings.", "", "## Settings", "")
    yield from table(
        ("setting", "type", "default", "what it is"),
        ((code(name), _type(name), _default(name), text) for name, text in SETTINGS.items()),
    )
    yield from ("", "An example:", "", "```toml", *EXAMPLE, "```", "", "## Environment variables of the commands", "")
    yield from table(("variable", "what it does"), ((code(name), text) for name, text in COMMANDS.items()))
    yield from ("", "## Environment variables of instrumented functions", "")
    yield from table(("variable", "what it does"), ((code(name), text) for name, text in FUNCTIONS.items()))
    names = ", ".join(code(name) for name in sorted(INTERNAL))
    yield from ("", f"Processes of the toolkit tell each other {plain(names)}; they are not to be set.")


EXAMPLE = (
    "[tool.shopfast-obs]",
    'app = "infra/app.py"',
    'overlay = "infra/overlay.json"',
    'services = ["src"]',
    'tests = "pytest tests/unit"',
    'tests_limit = "10m"',
    'runtime_boto3 = "1.44.8"',
    'codemods = "logs"',
    'frontend = "web"',
)


def _type(name: str) -> str:
    return LISTS[name][0].removeprefix("a ") if name in LISTS else "string"


def _default(name: str) -> str:
    value = next(field.default for field in fields(Settings) if field.name == name)
    return code(str(value)) if value else ""
