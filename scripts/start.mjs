// `npm start`: installs what is missing, builds what is stale, runs the server and ends with it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildStale } from "./build.mjs";
import { endWithChildren, onSignals, startChild } from "./lib/children.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { Fault, main, NODE_MODULES, PROJECT_NODE, projectPath, ROOT } from "./lib/project.mjs";

const SERVER = join(ROOT, "apps/server/src/main.ts");
/** The pipe whose other end this script holds: the server reads its end when this script is gone, even by SIGKILL. */
const PARENT_FD = 3;
const WATCH_NPM_MS = 200;

await main(async () => {
  onSignals(endWithChildren);
  await ensureInstalled({ withDev: false });
  await buildStale();
  if (!existsSync(SERVER)) throw new Fault(`${SERVER} is missing: this is not a complete checkout.`);
  return runServer();
});

/** Runs the server in a session of its own, passes signals on to it, and returns its exit code. */
async function runServer() {
  const { child, ended } = startChild(PROJECT_NODE, [SERVER, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: projectPath(),
      PATCHBAY_PARENT_FD: String(PARENT_FD),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(NODE_MODULES, ".cache", "compile"),
    },
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  onSignals((signal) => child.kill(signal));
  const watch = watchNpm(() => child.kill("SIGTERM"));
  try {
    return await ended;
  } finally {
    clearInterval(watch);
  }
}

/** Calls back when the npm that runs this script was killed, perhaps with a shell between the two that was not. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const grandparent = isShell(parent) ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    const gone = process.ppid !== parent || (grandparent !== undefined && parentOf(parent) !== grandparent);
    if (!gone) return;
    clearInterval(timer);
    onGone();
  }, WATCH_NPM_MS);
  return timer;
}

function isShell(pid) {
  return /^\d+ \((sh|dash|bash|ash|busybox|zsh)\)/.test(readStat(pid));
}

function parentOf(pid) {
  const stat = readStat(pid);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
}

function readStat(pid) {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
