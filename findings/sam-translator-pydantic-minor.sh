#!/usr/bin/env bash
# aws-sam-translator 1.115.0 asks for pydantic ~=2.13.3, one minor version: beside an application that has pydantic 2.12
# or 1.10 pip downgrades the application's or finds nothing. Its code uses pydantic's first API alone (`pydantic.v1`,
# or pydantic 1 itself), and translates the same with either.
#
# Seen: asks for pydantic~=2.13.3; with pydantic 2.13.5, 2.12.5 and 1.10.24 the same translation
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$@" 2> "$folder/warnings"; }
cat > "$folder/translate.py" <<'PY'
import hashlib, json
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator


class Region:
    region_name = "us-east-1"


template = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Globals": {"Function": {"Runtime": "python3.13", "Timeout": 10}},
    "Resources": {
        "Web": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Handler": "app.handler",
                "CodeUri": "s3://bucket/code.zip",
                "Policies": [{"DynamoDBReadPolicy": {"TableName": "orders"}}],
                "Events": {"Get": {"Type": "HttpApi", "Properties": {"Path": "/orders", "Method": "get"}}},
            },
        }
    },
}
made = Translator({}, Parser(), boto_session=Region()).translate(template, {})
print(hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:12])
PY
pip aws-sam-translator==1.115.0 pydantic==2.13.5
asked=$("$folder/venv/bin/python" -c 'from importlib.metadata import requires; print(*[r for r in requires("aws-sam-translator") if r.startswith("pydantic")])')
for version in 2.13.5 2.12.5 1.10.24; do
  pip "pydantic==$version"
  echo "$version $("$folder/venv/bin/python" -W ignore "$folder/translate.py")" >> "$folder/seen"
done
echo "asks for $asked; with pydantic:"
cat "$folder/seen"
[ "$asked" = "pydantic~=2.13.3" ] && [ "$(cut -d' ' -f2 "$folder/seen" | sort -u | wc -l)" = 1 ]
