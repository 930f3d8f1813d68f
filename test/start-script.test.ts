import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeCheckout, type ScriptCheckout } from "./support/checkout.ts";

const PARENT = fileURLToPath(new URL("../apps/server/src/process/parent.ts", import.meta.url));

/** Stands in for the server: says what it is told, and ends with code 7 a moment after it is told to. */
const SERVER = `
import { onParentExit } from ${JSON.stringify(PARENT)};
const end = (why: string) => { console.log(why); setTimeout(() => process.exit(7), 300); };
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => end(name));
onParentExit(() => end("parent gone"));
setInterval(() => undefined, 1000);
console.log("up", process.pid, process.version.split(".")[0], process.argv.slice(2).join(" "));
`;

let checkout: ScriptCheckout;
let output: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  checkout = makeCheckout({ "apps/server/src/main.ts": SERVER });
  output = "";
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  const server = serverPid();
  if (server !== undefined && isRunning(server)) process.kill(server, "SIGKILL");
  checkout.remove();
});

function start(
  command: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): ChildProcess {
  // As from a shell: nothing that an npm around this test has set.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  const child = spawn(command, args, {
    cwd: checkout.root,
    env: { ...env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return child;
}

const startScript = (...args: string[]) => start(process.execPath, ["scripts/start.mjs", ...args]);
const outputHas = (text: string) => expect.poll(() => output, { timeout: 30_000 }).toContain(text);
const serverEnds = () => expect.poll(() => isRunning(serverPid() ?? 0), { timeout: 10_000 }).toBe(false);

function serverPid(): number | undefined {
  const [, pid] = /up (\d+)/.exec(output) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"));
}

describe("npm start", () => {
  it("runs the server on the project's own Node and passes arguments, signals and its exit code on", async () => {
    const script = startScript("--flag");
    await outputHas("up ");
    expect(output).toMatch(/up \d+ v24 --flag/);
    script.kill("SIGTERM");
    expect(await once(script, "exit")).toEqual([7, null]);
    expect(output).toContain("SIGTERM");
  });

  it("passes a signal on once when the terminal and npm both deliver it", async () => {
    const script = startScript();
    await outputHas("up ");
    script.kill("SIGINT");
    await outputHas("SIGINT");
    script.kill("SIGINT");
    await once(script, "exit");
    expect(output.match(/SIGINT/g)).toHaveLength(1);
  });

  it("ends with a code that tells of the signal when the server was killed", async () => {
    const script = startScript();
    await outputHas("up ");
    process.kill(serverPid() ?? 0, "SIGKILL");
    expect(await once(script, "exit")).toEqual([137, null]);
  });

  it("takes the server with it when the script is killed", async () => {
    const script = startScript();
    await outputHas("up ");
    script.kill("SIGKILL");
    await outputHas("parent gone");
    await serverEnds();
  });

  it("takes the server with it when npm is killed or ended", async () => {
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      output = "";
      const npm = start("npm", ["start"]);
      await outputHas("up ");
      npm.kill(signal);
      await outputHas("SIGTERM");
      await serverEnds();
    }
  });

  it("says so when the checkout is incomplete", async () => {
    rmSync(join(checkout.root, "apps/server/src"), { recursive: true });
    const script = startScript();
    expect(await once(script, "exit")).toEqual([1, null]);
    expect(output).toMatch(/main\.ts is missing: this is not a complete checkout\.\n$/);
    expect(output).not.toContain("    at ");
  });

  it.each([
    ["keeps the tools of development where they are", true, "--include=dev"],
    ["leaves them out where there are none", false, "--omit=dev"],
  ])("%s when packages are missing", async (_, dev, flag) => {
    const installed = { packages: { "node_modules/some-tool": { version: "1.0.0", dev } } };
    rmSync(join(checkout.root, "node_modules"));
    mkdirSync(join(checkout.root, "node_modules"));
    writeFileSync(join(checkout.root, "node_modules/.package-lock.json"), JSON.stringify(installed));
    const npm = join(checkout.root, "npm.js");
    writeFileSync(npm, `console.log("npm", process.argv.slice(2).join(" ")); process.exit(3);`);
    const script = start(process.execPath, ["scripts/start.mjs"], { npm_execpath: npm });
    expect(await once(script, "exit")).toEqual([1, null]);
    expect(output).toContain(`npm ci ${flag}`);
    expect(output).toContain("`npm ci` ended with code 3.");
  });

  it("packs each plugin that comes along once, and again only when it changed", async () => {
    checkout.remove();
    const pack = `import { writeFileSync, readFileSync } from "node:fs";
      const [command, folder, , file] = process.argv.slice(3);
      console.log("packing", command, folder);
      writeFileSync(file, readFileSync(folder + "/plugin.json"));`;
    const files = { "apps/cli/src/main.ts": pack, "plugins/one/plugin.json": "{}" };
    checkout = makeCheckout(files);
    const build = async () => {
      output = "";
      await once(start(process.execPath, ["scripts/build.mjs"]), "close");
      return output;
    };
    expect(await build()).toContain(`packing pack ${join("plugins", "one")}`);
    expect(readFileSync(join(checkout.root, "build/plugins/one.zip"), "utf8")).toBe("{}");
    expect(await build()).toBe("");
    rmSync(join(checkout.root, "build/plugins/one.zip"));
    expect(await build()).toContain("Built plugin one");
    writeFileSync(join(checkout.root, "plugins/one/plugin.json"), "{ }");
    expect(await build()).toContain("Built plugin one");
  });
});
