import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

const MODULE = JSON.stringify(new URL("./parent.ts", import.meta.url).href);
const CHILD = `import { onParentExit } from ${MODULE};
  onParentExit(() => { console.log("gone"); process.exit(); });
  console.log("up", process.env.PATCHBAY_PARENT_FD);`;
const STAY = "setInterval(() => {}, 1000);";

it("tells when the parent is killed", async () => {
  const parentCode = `import { spawn } from "node:child_process";
    spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(CHILD + STAY)}],
      { stdio: ["ignore", "inherit", "inherit", "pipe"], env: { ...process.env, PATCHBAY_PARENT_FD: "3" }, detached: true });
    ${STAY}`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", parentCode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  parent.stdout.on("data", (chunk) => {
    output += chunk;
    if (output === "up undefined\n") parent.kill("SIGKILL");
  });
  await once(parent.stdout, "close");
  expect(output).toBe("up undefined\ngone\n");
});

it("does not keep a process alive, with or without a pipe", async () => {
  for (const descriptor of ["3", "17", "", "x"]) {
    const env = { ...process.env, PATCHBAY_PARENT_FD: descriptor };
    const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD], {
      stdio: ["ignore", "pipe", "inherit", "pipe"],
      env,
    });
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(output).toBe("up undefined\n");
  }
});
