#!/usr/bin/env bash
# pytest-xdist 3.8.0 beside pytest 9.2.0: `--dist loadgroup` keeps no group together. Tests that are marked
# `xdist_group("one")`, and that its documentation promises to one worker, run in both, so what a module's fixture makes
# is made twice.
#
# Why: the worker appends `@GROUP` to an item's `_nodeid`, from which the scheduler reads the group; in pytest 9 the
# property `nodeid`, which is what it sends, does not come from there any more. `--dist loadfile` is not concerned.
#
# Seen: workers of one group: gw0 gw1; node ids with the group: 0 of 8
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0 pytest-xdist==3.8.0
cat > "$folder/test_group.py" <<'PY'
import os
import time

import pytest

pytestmark = pytest.mark.xdist_group("one")


@pytest.mark.parametrize("number", range(8))
def test_where(number, request):
    time.sleep(0.2)
    with open("seen", "a") as seen:
        seen.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.nodeid}\n")
PY
cd "$folder"
"$folder/venv/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup test_group.py > /dev/null
workers=$(cut -d' ' -f1 seen | sort -u | tr '\n' ' ')
grouped=$(grep -c '@one' seen || true)
echo "workers of one group: ${workers% }; node ids with the group: $grouped of $(wc -l < seen)"
[ "$(cut -d' ' -f1 seen | sort -u | wc -l)" = 2 ] && [ "$grouped" = 0 ]
