// Adds to package-lock.json what npm leaves out: optional packages for other platforms that it could not fetch when the lock file
// was written, and the checksums of those. Without them `npm ci` refuses the whole lock file, or takes whatever it is given. Run it
// after a change of dependencies: `node scripts/complete-lock.mjs`; with --check it changes nothing and fails when something is missing.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault, main, ROOT, say } from "./lib/project.mjs";

const LOCK = join(ROOT, "package-lock.json");
const SYSTEMS = [
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64"];
const LIBRARIES = { musl: "musl", musleabihf: "musl", gnu: "glibc", gnueabihf: "glibc", glibc: "glibc" };

await main(async () => {
  const lock = JSON.parse(readFileSync(LOCK, "utf8"));
  const missing = findMissing(lock.packages);
  for (const { name, entry } of missing) lock.packages[`node_modules/${name}`] = entry;
  const unchecked = findUnchecked(lock.packages);
  if (missing.length + unchecked.length === 0) return 0;
  const faults = [
    ...missing.map(({ name }) => `${name} is missing`),
    ...unchecked.map(([path]) => `${path} has no checksum`),
  ].join("\n  ");
  if (process.argv.includes("--check"))
    throw new Fault(`package-lock.json is not whole; run \`node scripts/complete-lock.mjs\`:\n  ${faults}`);
  for (const [path, entry] of unchecked) entry.integrity = integrityOf(path, entry);
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")),
  );
  writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
  say(`Mended in package-lock.json:\n  ${faults}`);
  return 0;
});

/** Packages whose bytes are compared with nothing when they are installed. */
function findUnchecked(packages) {
  return Object.entries(packages).filter(
    ([path, { link, integrity }]) => path.includes("node_modules/") && !link && integrity === undefined,
  );
}

/** The checksum that the registry gives. @throws Fault when it gives none. */
function integrityOf(path, { version }) {
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const { stdout } = spawnSync("npm", ["view", `${name}@${version}`, "dist.integrity"], { encoding: "utf8" });
  const integrity = stdout?.trim();
  if (integrity?.startsWith("sha512-")) return integrity;
  throw new Fault(
    `The npm registry gives no checksum of ${name}@${version}; such a version cannot be locked.`,
  );
}

/** Optional packages for one platform that some package asks for and no entry gives. */
function findMissing(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isThere(packages, path, name))
      .map(([name, version]) => ({
        name,
        entry: entryFor(name, version, dev),
      })),
  );
}

/** Whether a package that `path` asks for is in its own node_modules or in one above. */
function isThere(packages, path, name) {
  const folders = path.split("/node_modules/");
  const candidates = folders.map((_, depth) => folders.slice(0, depth + 1).join("/node_modules/"));
  return ["", ...candidates].some((folder) => `${folder && `${folder}/`}node_modules/${name}` in packages);
}

/** An entry as npm writes it, but without the checksum. */
function entryFor(name, version, dev) {
  const { cpu, libc, os } = platformOf(name);
  return { version, cpu, ...(dev && { dev }), ...(libc.length > 0 && { libc }), optional: true, os };
}

/** The platform that a package's name tells, in the fields of a manifest. */
function platformOf(name) {
  const words = name.split(/[^a-z0-9]+/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.flatMap((word) => LIBRARIES[word] ?? []);
  if (os.length === 0 || cpu.length === 0)
    throw new Fault(`The name of ${name} does not tell its platform; add it by hand.`);
  return { cpu, libc, os };
}
