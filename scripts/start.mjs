// `npm start`: installs what is missing, builds what is stale, runs the server and ends with it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildStale } from "./build.mjs";
import { endWithChildren, onEnd, startChild } from "./lib/children.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { Fault, main, NODE_MODULES, projectNode, projectPath, ROOT } from "./lib/project.mjs";

const SERVER = join(ROOT, "apps/server/src/main.ts");
/** The pipe whose other end this script holds: the server reads its end when this script is gone, even by SIGKILL. */
const PARENT_FD = 3;

await main(async () => {
  onEnd(endWithChildren);
  await ensureInstalled({ withDev: false });
  await buildStale();
  if (!existsSync(SERVER)) throw new Fault(`${SERVER} is missing: this is not a complete checkout.`);
  return runServer();
});

/** Runs the server in a session of its own, passes signals on to it, and returns its exit code. */
async function runServer() {
  const { child, ended } = startChild(projectNode(), [SERVER, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: projectPath(),
      PATCHBAY_PARENT_FD: String(PARENT_FD),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(NODE_MODULES, ".cache", "compile"),
    },
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  onEnd((signal) => child.kill(signal));
  return ended;
}
