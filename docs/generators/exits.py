"""The exit codes of each command: those of all, and what 1 and 4 mean for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docs.generators.markdown import WRITTEN, plain, table

EVERYWHERE = {
    0: "it did what was asked",
    2: "an option, a file or a setting is wrong, or nothing could be read; the message says what to do",
    3: "the cloud could not be reached, or there are no credentials for it",
    70: "a defect of this tool; the message names a file with the details",
    130: "stopped by Ctrl-C",
    141: "the reader of the output went away, as in `| head`",
}
# Commands that ask no cloud and so never end with 3.
WITHOUT_CLOUD = frozenset(
    {
        "explain",
        "uninstrument",
        "init",
        "completion",
        "cloud environment",
        "cloud logs",
        "report schema",
        "workshop hint",
        "workshop gameday detected",
        "workshop gameday diagnosed",
        "workshop gameday report",
        "workshop list",
        "workshop report",
        "workshop show",
    }
)
PARTLY = "clean as far as it was read, which was only a part; 0 with `--allow-partial`"
# What else a command ends with.
OWN: Mapping[str, Mapping[int, str]] = {
    "diagnose": {1: "something new is found at or above `--fail-on`; with `--deadlines`, a day is past", 4: PARTLY},
    "instrument": {
        1: "`--check`: something is missing; `--prove`: it is not proven and nothing was changed; `--live`: a function was left as it is",
        4: f"`--check`: {PARTLY}",
    },
    "init": {1: "`--app --check`: a setting is missing"},
    "uninstrument": {1: "something could not be taken out, and is named"},
    "fix": {
        1: "`--verify`: the change did not keep what was predicted, and was taken back; `--live`: a function was left as it is"
    },
    "alarms apply": {1: "some alarms are not there: another's alarm has the name, or the account refused"},
    "alarms wait": {1: "the alarm did not reach the state in time"},
    "report traces": {4: PARTLY},
    "report errors": {4: PARTLY},
    "logs": {4: PARTLY},
    "compare": {1: "something got worse, or a threshold of `--fail-on` failed", 4: PARTLY},
    "runbook": {2: "an option, a file or a setting is wrong, or a step failed; the steps after it are left"},
    "workshop check": {1: "not solved yet"},
    "workshop doctor": {1: "something is missing, and named"},
    "workshop down": {1: "a process of the seat is left"},
    "workshop gameday check": {1: "not fixed yet"},
    "workshop verify": {1: "an exercise that was passed is open again"},
    "workshop watch": {1: "not solved when the time was over"},
    "workshop solve": {1: "the solution ran and the exercise is not passed"},
    "cloud status": {3: "no cloud runs"},
}


def codes(name: str) -> Iterator[tuple[int, str]]:
    """The codes with which the command ends, in order."""
    own = OWN.get(name, {})
    known = {code: text for code, text in EVERYWHERE.items() if not (code == 3 and name in WITHOUT_CLOUD)}
    yield from sorted({**known, **own}.items())


def page(names: list[str]) -> str:
    """What 1, 3 and 4 mean for each command."""
    rows = []
    for name in names:
        own = dict(codes(name))
        rows.append((f"`{name}`", *(plain(own.get(code, "-")) for code in (1, 4)), "yes" if 3 in own else "no"))
    head = ("command", "1", "4", "3: asks a cloud")
    return "\n".join(["## By command", "", WRITTEN, "", *table(head, rows)]) + "\n"
