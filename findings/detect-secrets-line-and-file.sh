#!/usr/bin/env bash
# detect-secrets 1.5.0: the same lines, with the same default settings, by `scan_line` and by `scan_file` of a .log file.
# `scan_line` applies no entropy limit, so that plain words are "high entropy strings", and reads unquoted settings by no keyword;
# `scan_file` does the opposite. Whoever masks log lines one by one with the library loses the words and keeps the password.
# Seen: "by line: REPORT True, password False" and "by file: REPORT False, password True".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install detect-secrets==1.5.0
"$work/venv/bin/python" - "$work/lines.log" <<'PY'
import pathlib
import sys

from detect_secrets.core.scan import scan_file, scan_line
from detect_secrets.settings import default_settings

LINES = ["REPORT Duration: 12 ms", "DB_PASSWORD=kestrel41-Bay"]
path = pathlib.Path(sys.argv[1])
path.write_text("\n".join(LINES) + "\n")
with default_settings():
    by_line = {found.secret_value for line in LINES for found in scan_line(line)}
    by_file = {found.secret_value for found in scan_file(str(path))}
seen = []
for title, values in (("line", by_line), ("file", by_file)):
    seen += ["REPORT" in values, "kestrel41-Bay" in values]
    print(f"by {title}: REPORT {seen[-2]}, password {seen[-1]}")
sys.exit(seen != [True, False, False, True])
PY
