// Preloaded into jsii's Node: notes which assets a CDK app stages and how, which files Node reads besides its own
// modules, and whether it starts programs. One JSON object a line, into the file that SHOPFAST_OBS_NODE_RECORD names.
"use strict";

const childProcess = require("child_process");
const fs = require("fs");
const Module = require("module");
const path = require("path");

const file = process.env.SHOPFAST_OBS_NODE_RECORD;
const { appendFileSync, existsSync, readFileSync } = fs;
const note = (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`);
const noted = new Set();

function noteRead(said) {
  const name = typeof said === "string" ? path.resolve(said) : "";
  const own = name.includes(`${path.sep}node_modules${path.sep}`) || name.includes(`${path.sep}package-cache${path.sep}`);
  if (name && !own && !noted.has(name)) {
    noted.add(name);
    note({ read: name });
  }
}

for (const name of ["readFileSync", "createReadStream", "readFile"]) {
  const original = fs[name];
  fs[name] = function (said, ...rest) {
    noteRead(said);
    return original.call(this, said, ...rest);
  };
}

for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]) {
  const original = childProcess[name];
  childProcess[name] = function (command, ...rest) {
    if (command !== process.execPath) note({ outside: String(command) }); // jsii starts itself once more
    return original.call(this, command, ...rest);
  };
}

// An asset is plain when CDK's own fingerprint of the folder, with the options that it keeps, is the asset's hash.
function noteAsset(asset, props, library) {
  const options = asset.fingerprintOptions ?? {};
  const { exclude, extraHash, follow, ignoreMode } = options;
  const kept = { exclude, extraHash, follow, ignoreMode };
  let plain = !props.bundling && asset.packaging === "zip" && asset.absoluteStagedPath !== asset.sourcePath;
  if (plain) {
    const { FileSystem } = require(path.join(library, "core", "lib", "fs"));
    plain = FileSystem.fingerprint(asset.sourcePath, kept) === asset.assetHash;
  }
  note({ source: asset.sourcePath, staged: asset.absoluteStagedPath, hash: asset.assetHash, plain, options: kept, library });
}

const load = Module._load;
Module._load = function (request, parent, isMain) {
  const exported = load.call(this, request, parent, isMain);
  if (!request.endsWith("asset-staging") || !exported?.AssetStaging || exported.AssetStaging.noted) return exported;
  const module = fs.realpathSync(Module._resolveFilename(request, parent, isMain)); // jsii links to its cache
  const library = path.resolve(path.dirname(module), "..", "..");
  const Original = exported.AssetStaging;
  exported.AssetStaging = class AssetStaging extends Original {
    static noted = true;
    constructor(scope, id, props) {
      super(scope, id, props);
      if (existsSync(this.sourcePath)) noteAsset(this, props, library);
    }
  };
  return exported;
};
