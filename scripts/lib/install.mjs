// Installs the packages of package-lock.json when they are missing or are not the ones that it names.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "./children.mjs";
import { claimForChild, withLock } from "./lock.mjs";
import {
  Fault,
  NODE_MODULES,
  outsideNode,
  outsidePath,
  projectNode,
  ROOT,
  requireWritable,
  say,
} from "./project.mjs";

const STDIO = ["ignore", "inherit", "inherit"];
const STAMP = join(NODE_MODULES, ".patchbay-install.json");

/**
 * Makes sure that the packages of the lock file are installed. What someone installed by hand is left alone when it fits.
 * `withDev` asks for the tools of development and tests besides; where some of them are, they stay.
 */
export async function ensureInstalled({ withDev }) {
  if (faultsOfInstallation(withDev).length === 0) return;
  requireWritable(ROOT, "install packages");
  requireOwnPackages();
  await withLock(async () => {
    if (faultsOfInstallation(withDev).length === 0) return;
    const keepsDev = withDev || hasDevTools();
    await install(keepsDev);
    removeUnused(keepsDev);
    requireProjectNode();
    // Whatever npm leaves out on this machine (an optional package, say) will be left out again: not a reason to repeat it.
    const accepted = findFaults(readJson("package-lock.json"), withDev);
    writeFileSync(STAMP, JSON.stringify({ lock: lockDigest(), accepted }));
  });
}

/** npm empties the folder before it installs, also where it is a link to one that others use. */
function requireOwnPackages() {
  if (!lstatSync(NODE_MODULES, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new Fault(
    `${NODE_MODULES} is a link, and what it leads to is not what package-lock.json names. Install there, or remove the link.`,
  );
}

/** What is wrong with node_modules, one short text each; empty when it can be used. */
function faultsOfInstallation(withDev) {
  const lock = readJson("package-lock.json");
  if (lock === undefined)
    throw new Fault(`${ROOT} has no package-lock.json: this is not a complete checkout.`);
  const stamp = readJson("node_modules/.patchbay-install.json");
  const accepted = new Set(stamp?.lock === lockDigest() ? stamp.accepted : []);
  return findFaults(lock, withDev).filter((fault) => !accepted.has(fault));
}

/** Whether somebody works on this checkout: npm would take away all that it is not asked for. */
function hasDevTools() {
  const installed = readJson("node_modules/.package-lock.json")?.packages ?? {};
  return Object.values(installed).some(({ dev }) => dev);
}

function findFaults(lock, withDev) {
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  if (installed === undefined) return ["nothing is installed"];
  const faults = manifestFaults(lock);
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/") || isNotForUs(wanted, withDev)) continue;
    if (!existsSync(join(ROOT, path, "package.json"))) faults.push(`${path} is missing`);
    else if (!wanted.link && !isSame(wanted, installed[path])) faults.push(`${path} has another version`);
  }
  return faults;
}

function isSame(wanted, installed) {
  return (
    installed?.version === wanted.version && (installed.integrity ?? wanted.integrity) === wanted.integrity
  );
}

/** Optional packages count only when they are for this very platform: the others may be the parts of one that is not. */
function isNotForUs({ dev, devOptional, optional, os, cpu, libc }, withDev) {
  if ((dev || devOptional) && !withDev) return true;
  if (!optional && !devOptional) return false;
  return !os?.includes(process.platform) || !cpu?.includes(process.arch) || libc !== undefined;
}

/** Manifests that were edited since the lock file was written. */
function manifestFaults(lock) {
  const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
  return manifestPaths().flatMap((path) => {
    const manifest = readJson(join(path, "package.json"));
    const locked = lock.packages[path];
    const same = locked && kinds.every((kind) => sameEntries(manifest[kind], locked[kind]));
    return same ? [] : [`${path || "."}/package.json is not what package-lock.json was made from`];
  });
}

function sameEntries(a = {}, b = {}) {
  const sorted = (value) => JSON.stringify(Object.entries(value).sort());
  return sorted(a) === sorted(b);
}

/** Folders of the root and of every workspace, relative to the root. */
function manifestPaths() {
  const { workspaces } = readJson("package.json");
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const parent = pattern.slice(0, -2);
    return existsSync(join(ROOT, parent))
      ? readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`)
      : [];
  });
  return ["", ...folders.filter((folder) => existsSync(join(ROOT, folder, "package.json")))];
}

async function install(withDev) {
  const startedMs = performance.now();
  say("Installing packages. The first time this takes about a minute.");
  rmSync(STAMP, { force: true });
  const npm = npmCommand();
  const development = withDev ? "--include=dev" : "--omit=dev";
  const flags = [development, "--include=optional", "--ignore-scripts=false", "--engine-strict=false"];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const env = { ...process.env, PATH: outsidePath(), NODE_ENV: "" };
  const { child, ended } = startChild(npm.command, [...npm.args, "ci", ...flags, ...quiet], {
    cwd: ROOT,
    env,
    stdio: STDIO,
  });
  const release = child.pid === undefined ? () => undefined : claimForChild(child);
  const code = await ended.finally(release).catch((error) => {
    throw new Fault(`npm could not be run (${error.message}). It comes with Node: https://nodejs.org`);
  });
  if (code !== 0) {
    throw new Fault(
      `\`npm ci\` ended with code ${code}. If it could not reach the npm registry, check the network and npm's proxy settings; ` +
        "if it says that package.json and package-lock.json are not in sync, run `npm install`.",
    );
  }
  say(`Installed packages in ${Math.round((performance.now() - startedMs) / 1000)} s.`);
}

/**
 * Takes away what nothing here reads: the headers of the brought Node, for those who compile addons, are half of it. Without the tools
 * of development also source maps.
 */
function removeUnused(withDev) {
  const node = readdirSync(NODE_MODULES).filter((name) => name.startsWith("node-linux-"));
  const unused = node.flatMap((name) => [`${name}/include`, `${name}/share`]);
  if (!withDev) {
    unused.push(...filesBelow("").filter((file) => file.endsWith(".map")));
  }
  for (const path of unused) rmSync(join(NODE_MODULES, path), { recursive: true, force: true });
}

/** Paths of the files in a folder of the installed packages. Links lead to our own sources, and are not followed. */
function filesBelow(folder) {
  return readdirSync(join(NODE_MODULES, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function npmCommand() {
  const cli = process.env.npm_execpath;
  return cli?.endsWith(".js") && existsSync(cli)
    ? { command: outsideNode(), args: [cli] }
    : { command: "npm", args: [] };
}

function requireProjectNode() {
  const node = projectNode();
  const { error, stdout, stderr } = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (!error && stdout?.startsWith("v")) return;
  throw new Fault(`The project's own Node, ${node}, does not run here: ${error?.message ?? stderr.trim()}`);
}

function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
