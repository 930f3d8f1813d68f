import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { FrameTheme } from "@patchbay/protocol";
import { build } from "esbuild";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import type { FramePage } from "../../../apps/console/src/frames/testing/frame-page.tsx";
import { Api } from "../../support/api.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "../../support/server.ts";
import { launchChromium } from "./chromium.ts";
import { type Front, startFront } from "./front.ts";
import { makeUiPackage, type UiPluginSource } from "./ui-package.ts";

const PAGE = "/test-console";
const SCRIPT = "/test-console.js";
const BEAT = "/test-beat";

/** A real server, a real browser, and a page that shows views of plugins as the console does. */
export class FrameTest {
  readonly browser: Browser;
  readonly api: Api;
  readonly url: string;
  readonly #front: Front;
  readonly #launch: () => Promise<TestServer>;
  #server: TestServer;
  readonly #removeFolder: () => Promise<void>;

  private constructor(
    parts: { browser: Browser; server: TestServer; front: Front; launch: () => Promise<TestServer> },
    removeFolder: () => Promise<void>,
  ) {
    this.browser = parts.browser;
    this.#server = parts.server;
    this.#launch = parts.launch;
    this.#front = parts.front;
    this.url = parts.front.url;
    this.api = new Api(parts.front.url);
    this.#removeFolder = removeFolder;
  }

  static async start(environment: Record<string, string> = {}): Promise<FrameTest> {
    const [front, folder, script, port] = await Promise.all([
      startFront(),
      temporaryFolder(),
      bundlePage(),
      freePort(),
    ]);
    front.leadTo(`http://127.0.0.1:${port}`);
    const launch = () =>
      startServer({
        dataDir: folder.path,
        environment: { ...environment, PATCHBAY_PUBLIC_URL: front.url, PATCHBAY_PORT: String(port) },
      });
    const server = await launch();
    front.pages.set(SCRIPT, { type: "text/javascript", content: script });
    front.pages.set(BEAT, { type: "text/plain", content: "" });
    front.pages.set(PAGE, {
      type: "text/html",
      content: `<!doctype html><html lang="en"><title>Console</title><body><script type="module" src="${SCRIPT}"></script></body></html>`,
      headers: {
        "content-security-policy": `default-src 'none'; script-src ${front.url}${SCRIPT}; style-src 'unsafe-inline'; connect-src 'self'; frame-src ${front.url}/frame/`,
      },
    });
    return new FrameTest({ browser: await launchChromium(), server, front, launch }, folder.remove);
  }

  get server(): TestServer {
    return this.#server;
  }

  /** Kills the server in the middle of whatever it does, and starts it again on what it has kept. */
  async killAndStart(): Promise<void> {
    await this.#server.kill();
    this.#server = await this.#launch();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.#front.close();
    await this.server.stop();
    await this.#removeFolder();
  }

  /** Serves a page of the test's own at the console's address. */
  serve(path: string, html: string): void {
    this.#front.pages.set(path, { type: "text/html", content: html });
  }

  redirect(path: string, location: string): void {
    this.#front.pages.set(path, { type: "text/html", content: "", status: 302, headers: { location } });
  }

  /** What browsers asked of the console's address so far. */
  requests(): Front["requests"] {
    return this.#front.requests;
  }

  /** How the frames of pages stood, each time a page told: `plugin=state`, joined by `&`. */
  beats(): string[] {
    return this.#front.requests.filter(({ path }) => path === BEAT).map(({ query }) => query);
  }

  /** Uploads, installs and enables. */
  async install(source: UiPluginSource): Promise<void> {
    await this.upload(source);
    const { permissions } = (await this.api.get(`/api/orgs/default/catalog/${source.id}`)).body.versions[0];
    const grants = permissions.required.map(({ reason: _reason, ...grant }: { reason?: string }) => grant);
    expectStatus(201, await this.api.post("/api/orgs/default/plugins", { plugin: source.id, grants }));
    expectStatus(200, await this.api.post(`/api/orgs/default/plugins/${source.id}/enable`));
  }

  /** Enables a plugin that comes with the server, with all that it asks for. */
  async enableBuiltin(plugin: string): Promise<void> {
    const at = `/api/orgs/default/plugins/${plugin}`;
    const { required, optional } = (await this.api.get(`${at}/grants`)).body;
    const grants = [...required, ...optional].map(({ reason: _reason, ...grant }) => grant);
    expectStatus(200, await this.api.put(`${at}/grants`, { grants }));
    expectStatus(200, await this.api.post(`${at}/enable`));
  }

  async upload(source: UiPluginSource): Promise<void> {
    expectStatus(201, await this.api.upload("/api/orgs/default/uploads", await makeUiPackage(source)));
  }

  /** A signed-in person's page (the administrator's unless told), in a context of its own unless one is given. The context is the caller's to close. */
  async openPage(
    given?: BrowserContext,
    { email, password }: { readonly email: string; readonly password: string } = ADMIN,
  ): Promise<{ page: ShownPage; context: BrowserContext }> {
    const context = given ?? (await this.browser.newContext());
    const signedIn = await context.request.post(`${this.url}/api/auth/sign-in`, {
      data: { email, password },
    });
    if (!signedIn.ok()) throw new Error(`Signing in answered ${signedIn.status()}.`);
    const page = await context.newPage();
    await page.goto(`${this.url}${PAGE}`);
    await page.waitForFunction(
      "globalThis.framePage !== undefined && document.querySelector('#alive') !== null",
    );
    return { page: new ShownPage(page), context };
  }
}

/** The page with its frames. */
export class ShownPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async show(...views: { plugin: string; view?: string; project?: string }[]): Promise<void> {
    const wanted = views.map((one) => ({ view: "main", ...one }));
    await this.page.evaluate((shown) => (globalThis as unknown as Global).framePage.show(shown), wanted);
  }

  async setTheme(theme: FrameTheme): Promise<void> {
    await this.page.evaluate((next) => (globalThis as unknown as Global).framePage.setTheme(next), theme);
  }

  /** Tells the views that their settings changed, as the console does when it hears of it. */
  async changeSettings(): Promise<void> {
    await this.page.evaluate(() => (globalThis as unknown as Global).framePage.changeSettings());
  }

  async heard(): Promise<FramePage["heard"]> {
    return await this.page.evaluate(() => (globalThis as unknown as Global).framePage.heard);
  }

  /** Waits until the view runs, and gives its frame. */
  async running(plugin: string, view = "main"): Promise<Frame> {
    const frame = this.page.locator(`${place(plugin, view)} [data-state=running] iframe`);
    const element = await frame.elementHandle({ timeout: 20_000 });
    const content = await element?.contentFrame();
    if (content == null) throw new Error(`${plugin} has no frame.`);
    return content;
  }

  /** The text of the fallback panel, once it is there. */
  async fallback(plugin: string, view = "main"): Promise<string> {
    const panel = this.page.locator(`${place(plugin, view)} [role=alert]`);
    return (await panel.textContent({ timeout: 20_000 })) ?? "";
  }

  async retry(plugin: string, view = "main"): Promise<void> {
    await this.page.locator(place(plugin, view)).getByRole("button", { name: "Retry" }).click();
  }

  async longestGap(): Promise<number> {
    return await this.page.evaluate(() => (globalThis as unknown as Global).framePage.longestGap());
  }

  /** Clicks a button of the page and sees that it did something. */
  async isUsable(): Promise<boolean> {
    const button = this.page.locator("#alive");
    const before = await button.textContent();
    await button.click({ timeout: 5_000 });
    return (await button.textContent()) !== before;
  }
}

type Global = { readonly framePage: FramePage };

const place = (plugin: string, view: string): string => `[data-testid="${plugin}/${view}"]`;

const expectStatus = (status: number, answer: { status: number; body: unknown }): void => {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
};

/** A port that was free a moment ago: the server has to be told where it listens, since its public address is the front's. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const bundlePage = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../../../apps/console/src/frames/testing/frame-page.tsx")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2023",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
};
