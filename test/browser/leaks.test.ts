import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../support/server.ts";
import { ATTEMPTS, HOSTILE_UI } from "./support/attempts.ts";
import { describeInBrowser, launchWithProfile } from "./support/chromium.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";
import { startWitness, type Witness } from "./support/witness.ts";

interface Attempts {
  readonly done: Readonly<Record<string, boolean>>;
  readonly names: Readonly<Record<Kind, string[]>>;
  try(name: string, target: string, ports: { udpPort: number; tcpPort: number; host: string }): void;
}
type Kind = "reaching" | "connecting" | "running" | "leaving" | "outward" | "holding";
type Global = { readonly attempts: Attempts };

/** What has not happened by then does not happen: in the control, everything takes a tenth of it. */
const QUIET_MS = 1_000;
/** A control may be slow on a busy machine. */
const CONTROL = { timeout: 10_000, interval: 20 };

let test: FrameTest;
let witness: Witness;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start();
  witness = await startWitness();
  await test.install({ id: "evil.panel", ui: HOSTILE_UI });
  await test.install({ id: "acme.neighbour", ui: "export default () => 'private';" });
  const script = `<script>${ATTEMPTS}</script>`;
  test.serve("/control-frame", `<!doctype html><body>${script}`);
  test.serve(
    "/control-sandboxed",
    '<!doctype html><iframe sandbox="allow-scripts" src="/control-frame"></iframe>',
  );
  test.serve(
    "/control-open",
    '<!doctype html><script>secretOfTheConsole = "x"</script><iframe src="/control-frame"></iframe>',
  );
  test.redirect("/frame/redirect", `${witness.url}/redirected`);
});
afterAll(async () => {
  await test?.close();
  await witness?.close();
});
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

/** A frame without the plugin's policy: in a sandbox alone, or with none. Stays open: closing what navigates can hang the driver. */
const controlFrame = async (
  kind: "sandboxed" | "open",
  where = context,
): Promise<{ frame: Frame; page: Page }> => {
  const control = await where.newPage();
  await control.goto(`${test.url}/control-${kind}`);
  const frame = control.frames().find((one) => one.url().endsWith("/control-frame"));
  if (frame === undefined) throw new Error("The control has no frame.");
  return { frame, page: control };
};
const attempt = async (frame: Frame, name: string, host = ""): Promise<void> => {
  const target = `${witness.url}/leak?${encodeURIComponent(name)}`;
  const ports = { udpPort: witness.udpPort, tcpPort: witness.tcpPort, host };
  await frame.evaluate(([which, to, at]) => (globalThis as unknown as Global).attempts.try(which, to, at), [
    name,
    target,
    ports,
  ] as const);
};
const names = async (frame: Frame, kind: Kind): Promise<string[]> =>
  await frame.evaluate((which) => (globalThis as unknown as Global).attempts.names[which], kind);
const done = async (frame: Frame): Promise<string[]> =>
  await frame.evaluate(() => Object.keys((globalThis as unknown as Global).attempts.done));
const quiet = (ms = QUIET_MS) => new Promise((resolve) => setTimeout(resolve, ms));

/** Shows the hostile view and gives its frame. */
const hostileFrame = async (): Promise<Frame> => {
  await page.show({ plugin: "evil.panel" });
  return await page.running("evil.panel");
};

describeInBrowser("a hostile view", () => {
  it("reaches no address by anything that loads, and a sandbox alone would let it", async () => {
    const control = await controlFrame("sandboxed");
    const frame = await hostileFrame();
    const all = await names(frame, "reaching");
    expect(all.length).toBeGreaterThan(20);
    for (const name of all) {
      witness.take();
      await attempt(control.frame, name);
      await expect
        .poll(() => witness.take().length, { ...CONTROL, message: `control: ${name}` })
        .toBeGreaterThan(0);
    }
    await quiet();
    witness.take();
    for (const name of all) await attempt(frame, name);
    await quiet();
    expect(witness.take()).toEqual([]);
    expect(await page.isUsable()).toBe(true);
  });

  it("opens no connection ahead of time and none of WebRTC's, and asks for no name", async () => {
    const profile = await temporaryFolder();
    const log = join(profile.path, "network.json");
    const lasting = await launchWithProfile(join(profile.path, "profile"), [
      "--allow-loopback-in-peer-connection",
      `--log-net-log=${log}`,
    ]);
    try {
      const shown = await test.openPage(lasting);
      await shown.page.show({ plugin: "evil.panel" });
      const frame = await shown.page.running("evil.panel");
      witness.take();
      for (const name of await names(frame, "connecting")) await attempt(frame, name, "plugin.test");
      await quiet(2 * QUIET_MS);
      expect(witness.take()).toEqual([]);
      expect(await shown.page.isUsable()).toBe(true);
      for (const [name, kind] of [
        ["preconnect", "tcp"],
        ["STUN", "udp"],
        ["TURN over TCP", "tcp"],
      ] as const) {
        const control = await controlFrame("sandboxed", lasting);
        witness.take();
        await attempt(control.frame, name);
        await expect.poll(() => witness.take(), { ...CONTROL, message: `control: ${name}` }).toContain(kind);
      }
      await attempt((await controlFrame("sandboxed", lasting)).frame, "DNS prefetch", "control.test");
      await quiet();
      await lasting.close();
      const network = await readFile(log, "utf8");
      expect(network).toContain("control.test");
      expect(network).not.toContain("plugin.test");
    } finally {
      await lasting.close();
      await profile.remove();
    }
  });

  it("runs no code but its bundle", async () => {
    const control = await controlFrame("sandboxed");
    const frame = await hostileFrame();
    const all = await names(frame, "running");
    for (const name of all) await attempt(control.frame, name);
    await expect
      .poll(() => done(control.frame).then((list) => list.sort()), CONTROL)
      .toEqual([...all].sort());
    for (const name of all) await attempt(frame, name);
    await quiet();
    expect(await done(frame)).toEqual([]);
  });

  it("does not leave its frame by navigating itself, and is taken away when it tries", async () => {
    const frame = await hostileFrame();
    const all = await names(frame, "leaving");
    for (const name of all) {
      witness.take();
      await attempt(await page.running("evil.panel"), name);
      expect(await page.fallback("evil.panel"), name).toContain("left its own page");
      expect(witness.take(), name).toEqual([]);
      await page.retry("evil.panel");
    }
    expect(await page.isUsable()).toBe(true);
    for (const name of all) {
      const control = await controlFrame("sandboxed");
      witness.take();
      await attempt(control.frame, name);
      await expect
        .poll(() => witness.take().length, { ...CONTROL, message: `control: ${name}` })
        .toBeGreaterThan(0);
    }
  });

  it("neither navigates the page nor opens windows nor submits forms", async () => {
    const frame = await hostileFrame();
    const all = await names(frame, "outward");
    for (const name of all) {
      const control = await controlFrame("open");
      witness.take();
      await attempt(control.frame, name);
      await expect
        .poll(() => witness.take().length, { ...CONTROL, message: `control: ${name}` })
        .toBeGreaterThan(0);
    }
    witness.take();
    const address = page.page.url();
    const pages = context.pages().length;
    for (const name of all) await attempt(frame, name);
    await quiet();
    expect(witness.take()).toEqual([]);
    expect([page.page.url(), context.pages().length]).toEqual([address, pages]);
    expect(await page.isUsable()).toBe(true);
  });

  it("has no storage, no cookies and no way into the page around it", async () => {
    const control = await controlFrame("open");
    await page.show({ plugin: "acme.neighbour" }, { plugin: "evil.panel" });
    const frame = await page.running("evil.panel");
    const all = await names(frame, "holding");
    for (const name of all) await attempt(control.frame, name);
    await expect
      .poll(() => done(control.frame).then((list) => list.sort()), CONTROL)
      .toEqual([...all].sort());
    for (const name of all) await attempt(frame, name);
    await quiet();
    expect(await done(frame)).toEqual([]);
  });

  it("shows no dialog and downloads nothing", async () => {
    const opened: string[] = [];
    const control = await controlFrame("open");
    for (const one of [control.page, page.page]) {
      const where = one === page.page ? "plugin" : "control";
      one.on("dialog", (dialog) => {
        opened.push(`${where} ${dialog.type()}`);
        void dialog.dismiss();
      });
      one.on("download", () => opened.push(`${where} download`));
    }
    const annoy = () =>
      setTimeout(() => {
        for (const ask of [alert, confirm, prompt, print]) ask("Your password?");
        const link = document.createElement("a");
        link.download = "virus.txt";
        link.href = URL.createObjectURL(new Blob(["x"]));
        link.click();
      });
    await control.frame.evaluate(annoy);
    await expect
      .poll(() => [...opened].sort(), CONTROL)
      .toEqual(["control alert", "control confirm", "control download", "control prompt"]);
    await (await hostileFrame()).evaluate(annoy);
    await quiet();
    expect(opened.filter((one) => one.startsWith("plugin"))).toEqual([]);
  });

  it("learns nothing from its own requests: no cookie, no address of the page", async () => {
    await hostileFrame();
    const asked = test.requests().filter(({ path }) => /^\/(frame|vendor|plugins)\//.test(path));
    expect(asked.length).toBeGreaterThan(5);
    expect(
      asked.filter(({ headers }) => headers.cookie !== undefined || headers.referer !== undefined),
    ).toEqual([]);
    const own = test.requests().find(({ path }) => path.endsWith("/views"));
    expect(own?.headers.cookie).toContain("patchbay_session");
  });
});
