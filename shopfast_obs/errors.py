"""The error tree. A message says what happened, to what, and the next command to try.

ShopfastObsError                 exit 2
├── UserError                    exit 2   the command, a file or a setting is wrong
│   ├── SettingsError            exit 2   pyproject.toml or the environment
│   ├── ProjectError             exit 2   the application: no handler, no template, synth failed
│   ├── NotDeployedError         exit 2   nothing is deployed where the command looked
│   ├── MissingExtraError        exit 2   an extra is not installed that the command needs
│   ├── BusyError                exit 2   another command holds the project
│   └── ChangedSinceError        exit 2   a file is not what the plan or the journal saw
├── DeployError                  exit 2   the cloud refused a change; what was begun is rolled back or named
├── DeniedError                  exit 2   one question was not answered: denied, or an API that the target does not have
└── CloudUnreachableError        exit 3   no cloud answers, or no credentials for it
"""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USER_ERROR = 2
EXIT_UNREACHABLE = 3
EXIT_PARTIAL = 4  # clean as far as it was read, which was only a part; `--allow-partial` makes it 0
EXIT_DEFECT = 70  # of this tool; sysexits.h calls it EX_SOFTWARE
EXIT_STOPPED = 130  # by Ctrl-C, as shells have it
EXIT_UNREAD = 141  # who read the output went away (`| head`), as shells have it


class ShopfastObsError(Exception):
    """Any failure that a command reports in one sentence; `hint` is the next command to try."""

    exit_code = EXIT_USER_ERROR

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UserError(ShopfastObsError):
    """The command, a file or a setting is wrong."""


class SettingsError(UserError):
    """`pyproject.toml` or the environment says something that cannot be used."""


class ProjectError(UserError):
    """The application cannot be used: no handler, no template, synthesis failed."""


class NotDeployedError(UserError):
    """Nothing is deployed where the command looked."""


class MissingExtraError(UserError):
    """An extra is not installed that the command needs."""


class BusyError(UserError):
    """Another command holds the project."""


class ChangedSinceError(UserError):
    """A file is not what the plan or the journal saw."""


class DeployError(ShopfastObsError):
    """The cloud refused a change."""


class DeniedError(ShopfastObsError):
    """The target did not answer one question: denied, or an API that it does not have. Bulk reads make it a Gap."""


class CloudUnreachableError(ShopfastObsError):
    """No cloud answers, or there are no credentials for it."""

    exit_code = EXIT_UNREACHABLE
