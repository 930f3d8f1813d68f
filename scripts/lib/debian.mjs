// Debian packages that tests use. Nothing here is fatal: a test that lacks its program says so itself.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./children.mjs";
import { say } from "./project.mjs";

const APT = "/usr/bin/apt-get";
const POLICY = "/usr/sbin/policy-rc.d";
const OLDEST_CHROMIUM_MAJOR = 152;
const POLICY_ASIDE = `${POLICY}.before-patchbay`;

/** What the tests use besides npm packages, and how to see whether it is there. */
const WANTED = [
  { name: "openssl", isThere: () => hasProgram("openssl") },
  { name: "poppler-utils", isThere: () => hasProgram("pdftotext") },
  { name: "unzip", isThere: () => hasProgram("unzip") },
  { name: "zip", isThere: () => hasProgram("zip") },
  { name: "postgresql", isThere: hasPostgres },
  { name: "chromium", isThere: hasChromium },
  { name: "ceph-mon", isThere: () => hasProgram("ceph-mon") },
  { name: "ceph-osd", isThere: () => hasProgram("ceph-osd") },
  { name: "git", isThere: () => hasProgram("git") },
  { name: "iproute2", isThere: () => hasProgram("ip") },
  // Its program lies where only administrators have a path to.
  { name: "nginx-light", isThere: () => hasProgram("nginx") || existsSync("/usr/sbin/nginx") },
  { name: "radosgw", isThere: () => hasProgram("radosgw") },
];

/** Installs what is missing where that is possible: as root on Debian or Ubuntu. */
export async function ensureDebianPackages() {
  const missing = WANTED.filter(({ isThere }) => !isThere()).map(({ name }) => name);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync(APT)) {
    say(
      `Not installed, so tests may be skipped: ${missing.join(", ")}. Root can install them on Debian and Ubuntu.`,
    );
    return;
  }
  say(`Installing Debian packages for tests: ${missing.join(", ")}.`);
  try {
    await withoutDaemons(() => install(missing));
  } catch (error) {
    say(`They could not be installed: ${error.message}`);
  }
}

/** After a look for newer lists of packages: by old ones old versions would come. */
async function install(names) {
  await apt(["update", "-q"]);
  const code = await apt(["install", "-y", "-q", "--no-install-recommends", ...names]);
  if (code !== 0) throw new Error(`apt-get ended with code ${code}`);
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  return run(APT, ["-o", "Dpkg::Use-Pty=0", ...args], { env });
}

/** Packages start their daemons when they are installed, unless this policy forbids it. */
async function withoutDaemons(work) {
  if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY); // left by a run that was killed
  if (existsSync(POLICY)) renameSync(POLICY, POLICY_ASIDE);
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(POLICY, { force: true });
    if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
  }
}

function hasProgram(name) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** Whether there is a Chromium that keeps frames from WebRTC by their allow list of connections. */
function hasChromium() {
  if (!hasProgram("chromium")) return false;
  const { stdout } = spawnSync("chromium", ["--version"], { encoding: "utf8" });
  return Number(/Chromium (\d+)/.exec(stdout ?? "")?.[1] ?? 0) >= OLDEST_CHROMIUM_MAJOR;
}

function hasPostgres() {
  const parent = "/usr/lib/postgresql";
  return (
    existsSync(parent) && readdirSync(parent).some((name) => existsSync(join(parent, name, "bin/postgres")))
  );
}
