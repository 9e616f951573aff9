// Stages folders anew as CDK does, by CDK's own code: reads {library, output, assets: [{source, options}]} from its
// input and prints the hash of each; the folder is in `output` as `asset.HASH` then.
"use strict";

const fs = require("fs");
const path = require("path");

const wanted = JSON.parse(fs.readFileSync(0, "utf8"));
const { FileSystem } = require(path.join(wanted.library, "core", "lib", "fs"));

const staged = wanted.assets.map(({ source, options }) => {
  const hash = FileSystem.fingerprint(source, options);
  const target = path.join(wanted.output, `asset.${hash}`);
  if (!fs.existsSync(target)) {
    const making = `${target}.new`;
    fs.rmSync(making, { recursive: true, force: true });
    fs.mkdirSync(making);
    FileSystem.copyDirectory(source, making, options);
    fs.renameSync(making, target);
  }
  return hash;
});
process.stdout.write(JSON.stringify(staged));
