import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRuntime, type TestRuntime } from "../../testing/host.ts";

/** Code that has all of Deno, with its checks switched off: as if the engine had fallen. What is left is the system. */
let runtime: TestRuntime;
let probe: (code: string) => Promise<unknown>;
let folder: string;
let server: Server;
let socket: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-escapes-"));
  await chmod(folder, 0o777);
  await writeFile(join(folder, "secret.key"), "secret", { mode: 0o644 });
  server = createServer((connection) => connection.end("reached")).listen(0, "127.0.0.1");
  socket = createServer((connection) => connection.end("reached")).listen(join(folder, "socket"));
  await Promise.all([once(server, "listening"), once(socket, "listening")]);
  const guestFile = fileURLToPath(new URL("../../testing/hostile-guest.js", import.meta.url));
  runtime = await openTestRuntime({ guestFile, isUnchecked: true });
  const spec = runtime.host.script("unused", { contributes: { tools: ["go"] }, callSeconds: 30 });
  // A process that dies of what it tried has not reached anything either.
  probe = (code) => runtime.call(spec, "go", { code }).catch((error: unknown) => ({ threw: String(error) }));
});
afterAll(async () => {
  await runtime.supervisor.close();
  server.close();
  socket.close();
  await rm(folder, { recursive: true });
});

const refused = { threw: expect.stringMatching(/./) };
const isHeld = process.platform === "linux";

describe.runIf(isHeld)("with the runtime's own checks switched off, a sandbox", () => {
  test("is held by namespaces, a filter and no new privileges", () => {
    const all = { user: true, mount: true, pid: true, ipc: true, uts: true, net: true };
    const held = {
      mode: "namespaces",
      namespaces: all,
      seccomp: true,
      noNewPrivileges: true,
      memoryLimit: true,
    };
    expect(runtime.supervisor.sandbox()).toEqual(held);
  });

  test("sees its own files and no others", async () => {
    const seen = (await probe(`
      const seen = [];
      const walk = (path) => { for (const { name, isDirectory } of Deno.readDirSync(path)) {
        seen.push(path + name); if (isDirectory) walk(path + name + "/"); } };
      walk("/");
      return seen;`)) as string[];
    const files = seen.filter((path) => !/^\/(lib\w*|usr)(\/|$)/.test(path)).sort();
    expect(files).toEqual([
      "/deno",
      "/empty",
      "/guest.js",
      "/imports.json",
      "/old",
      "/proc",
      "/proc/self",
      "/proc/self/exe",
    ]);
    expect(
      seen.filter((path) => /^\/(lib|usr)/.test(path) && !/\.so[.\d]*$/.test(path) && /\.\w+$/.test(path)),
    ).toEqual([]);
  });

  test.each([
    ["/etc/passwd"],
    ["/proc/self/environ"],
    ["/proc/1/root/etc/passwd"],
    ["/sys/kernel/version"],
    ["/dev/null"],
    ["/old/etc/passwd"],
    ["../../../../etc/passwd"],
  ])("cannot read %s", async (path) => {
    expect(await probe(`return Deno.readTextFileSync(${JSON.stringify(path)})`)).toEqual(refused);
  });

  test("cannot read the server's folders, by whatever way", async () => {
    const path = JSON.stringify(join(folder, "secret.key"));
    expect(await probe(`return Deno.readTextFileSync(${path})`)).toEqual(refused);
    expect(await probe(`return await import("file://" + ${path}, { with: { type: "text" } })`)).toEqual(
      refused,
    );
    expect(await probe(`return await (await fetch("file://" + ${path})).text()`)).toEqual(refused);
    expect(
      await probe(
        `return new Promise((resolve, reject) => { const w = new Worker("data:text/javascript,postMessage(Deno.readTextFileSync(" + encodeURIComponent(JSON.stringify(${path})) + "))", { type: "module" }); w.onmessage = (e) => resolve(e.data); w.onerror = (e) => { e.preventDefault(); reject(e.message); }; })`,
      ),
    ).toEqual(refused);
  });

  test.each(["/x", "/empty/x", "/guest.js", "/deno", "/lib64/x"])("cannot write %s", async (path) => {
    expect(
      await probe(`Deno.writeTextFileSync(${JSON.stringify(path)}, "x", { append: true }); return "written"`),
    ).toEqual(refused);
    expect(await probe(`Deno.mkdirSync(${JSON.stringify(`${path}-folder`)}); return "made"`)).toEqual(
      refused,
    );
  });

  test("reaches no network: neither this machine nor a name, nor sockets in files or without", async () => {
    const { port } = server.address() as { port: number };
    expect(
      await probe(`return (await Deno.connect({ port: ${port}, hostname: "127.0.0.1" })).rid ?? "open"`),
    ).toEqual(refused);
    expect(await probe(`return await (await fetch("http://127.0.0.1:${port}/")).text()`)).toEqual(refused);
    expect(
      await probe(
        `return (await Deno.connect({ transport: "unix", path: ${JSON.stringify(join(folder, "socket"))} })).rid ?? "open"`,
      ),
    ).toEqual(refused);
    expect(
      await probe(`return (await Deno.connect({ transport: "unix", path: "\\0patchbay" })).rid ?? "open"`),
    ).toEqual(refused);
    expect(await probe(`return await Deno.resolveDns("localhost", "A")`)).toEqual(refused);
    expect(await probe(`return Deno.listen({ port: 0 }).addr.port`)).toEqual(refused);
    expect(await probe(`return (await Deno.listenDatagram({ port: 0, transport: "udp" })).addr`)).toEqual(
      refused,
    );
  });

  test("signals and sees nobody, and is nobody", async () => {
    const bystander = spawn("sleep", ["60"]);
    expect(
      await probe(
        `try { Deno.kill(${process.pid}, "SIGTERM"); } catch (e) { return { threw: e.message } } return "sent"`,
      ),
    ).toEqual(refused);
    expect(
      await probe(
        `try { Deno.kill(${bystander.pid}, "SIGKILL"); } catch (e) { return { threw: e.message } } return "sent"`,
      ),
    ).toEqual(refused);
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
    expect(await probe(`return Deno.pid`)).toBe(1);
    expect(await probe(`return Deno.hostname()`)).toBe("sandbox");
  });

  test.each(["/bin/sh", "/usr/bin/env", "sh", "/deno", "/usr/bin/perl"])(
    "runs no program: %s",
    async (program) => {
      expect(
        await probe(
          `return (await new Deno.Command(${JSON.stringify(program)}, { args: ["--version"] }).output()).code`,
        ),
      ).toEqual(refused);
    },
  );

  test("gets nothing out of the kernel by native code", async () => {
    const outcomes = await probe(`
      const library = [...Deno.readDirSync("/lib64")].map(({ name }) => "/lib64/" + name).concat("libc.so.6");
      const { symbols } = Deno.dlopen("libc.so.6", { syscall: { parameters: ["i64", "i64", "i64", "i64"], result: "i64" } });
      const numbers = { ptrace: [101, 117], unshare: [272, 97], setns: [308, 268], mount: [165, 40], chroot: [161, 51], bpf: [321, 280], keyctl: [250, 219], userfaultfd: [323, 282], io_uring_setup: [425, 425], perf_event_open: [298, 241], socket: [41, 198], clone: [56, 220] };
      const place = Deno.build.arch === "x86_64" ? 0 : 1;
      const flags = { unshare: 0x10000000n, clone: 0x10000011n, socket: 1n };
      return Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, Number(symbols.syscall(BigInt(n[place]), flags[name] ?? 0n, name === "socket" ? 1n : 0n, 0n))]));`);
    const calls =
      "ptrace unshare setns mount chroot bpf keyctl userfaultfd io_uring_setup perf_event_open socket clone";
    expect(outcomes).toEqual(Object.fromEntries(calls.split(" ").map((name) => [name, -1])));
  });
});

test("refuses to open in a mode that does not work, and says what is in force in the other", async () => {
  await using plain = await openTestRuntime({ sandbox: "process", warmSandboxes: 0 });
  expect(plain.supervisor.sandbox()).toMatchObject({
    mode: "process",
    seccomp: false,
    noNewPrivileges: false,
  });
  expect(await plain.call(plain.host.plugin(`{ fine: () => 1 }`), "fine")).toBe(1);
});
