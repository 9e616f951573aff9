#!/usr/bin/env bash
# osls 4.3.1 (the maintained fork of the Serverless Framework): `tracing: false` of a function under a provider's
# `tracing: {lambda: true}`. The schema takes false for a function, but the packager asks for
# whichever of the two is true: the function is packaged with TracingConfig Active. Only `tracing: PassThrough` turns it off.
# Seen: "off: Active" and "through: PassThrough".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund osls@4.3.1 >npm.log
mkdir service
cd service
touch app.py
cat >serverless.yml <<'YML'
service: shop
provider: {name: aws, runtime: python3.13, tracing: {lambda: true}}
functions:
  'off': {handler: app.handler, tracing: false}
  through: {handler: app.handler, tracing: PassThrough}
YML
node ../node_modules/osls/bin/serverless.js package >package.log 2>&1
cat >modes.js <<'JS'
const made = require("./.serverless/cloudformation-template-update-stack.json").Resources;
for (const name of ["off", "through"]) {
  const id = name[0].toUpperCase() + name.slice(1) + "LambdaFunction";
  console.log(`${name}: ${(made[id].Properties.TracingConfig || {}).Mode || "none"}`);
}
JS
node modes.js | tee seen.txt
diff seen.txt - <<'SEEN'
off: Active
through: PassThrough
SEEN
