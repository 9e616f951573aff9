"""`python -m tests.scenarios.record [--app NAME] [FAULT...]`: break healthy applications for real, and keep what was
observed in `recorded/`. The tests let `diagnose` look at it again.

`F01+F10` is a combination; without faults the healthy application is recorded, and every fault.
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.scenarios.apps import APPLICATIONS, Application, healthy
from tests.scenarios.faults import FAULTS
from tests.scenarios.stage import staged

RECORDED = Path(__file__).with_name("recorded")
HEALTHY = "healthy"
COMBINATIONS = ("F01+F10+F27", "F07+F13+F24", "F19+F11+F28")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", choices=[app.name for app in APPLICATIONS])
    parser.add_argument("--work", type=Path, help="keep the prepared applications here")
    parser.add_argument("faults", nargs="*")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = wanted.work or Path(temporary)
        for application in APPLICATIONS:
            if wanted.app in (None, application.name):
                template = work / application.name
                if not template.exists():
                    print(f"preparing {application.name}", flush=True)
                    healthy(application, template)
                for name in wanted.faults or [HEALTHY, *FAULTS, *COMBINATIONS]:
                    _record(application, template, work / "stage", name)


def _record(application: Application, template: Path, folder: Path, name: str) -> None:
    target = RECORDED / application.name / f"{name}.json.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with staged(template, folder, application.roles) as stage:
        time.sleep(max(0.0, 3 - time.time() % 60))  # a window begins with a minute: not in the last one's
        began = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
        if name == HEALTHY:
            stage.both()
            stage.read(12)
        for one in name.split("+") if name != HEALTHY else ():
            FAULTS[one].happen(stage)
        stage.settle()
        done = stage.project.run(
            f"diagnose --since {began} --level low --format json --save-evidence {target}", code=None
        )
    found = [finding["rule"] for finding in json.loads(done.stdout)["findings"]] if done.stdout else [done.stderr]
    expected = [rule for one in name.split("+") if one in FAULTS for rule in FAULTS[one].rules]
    hit = all(set(FAULTS[one].rules) & set(found) for one in name.split("+") if one in FAULTS)
    size = target.stat().st_size // 1000 if target.exists() else 0
    print(f"{application.name:9} {name:12} {'found' if hit else 'MISSED'} {size:4} kB  expected {expected}: {found}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
