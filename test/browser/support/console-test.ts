import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { Api } from "../../support/api.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "../../support/server.ts";
import { launchChromium } from "./chromium.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Longer than anything takes on a busy machine. */
const WAIT_MS = 15_000;
/** Of a window, in pixels. */
const HEIGHT = 900;
const ORGANIZATION = "/api/orgs/default";

export interface Person {
  readonly email: string;
  readonly password: string;
}

export interface VisitOptions extends Partial<Person> {
  /** False: nobody has signed in yet. */
  readonly signedIn?: boolean;
  readonly scheme?: "light" | "dark";
  /** In pixels. */
  readonly width?: number;
  readonly locale?: string;
}

/** Somebody in front of the console: their page, and what went wrong in it. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page's own code threw, and what its policy refused. */
  readonly faults: string[];
}

/** A real server with its console, and a real browser. */
export class ConsoleTest {
  readonly browser: Browser;
  readonly server: TestServer;
  readonly api: Api;
  readonly #removeFolder: () => Promise<void>;

  private constructor(browser: Browser, server: TestServer, removeFolder: () => Promise<void>) {
    this.browser = browser;
    this.server = server;
    this.api = new Api(server.url);
    this.#removeFolder = removeFolder;
  }

  /** `environment` comes besides what all test servers have. */
  static async start(
    environment: Record<string, string> = {},
    localPorts?: readonly number[],
  ): Promise<ConsoleTest> {
    const folder = await temporaryFolder();
    const [server, browser] = await Promise.all([
      startServer({ dataDir: folder.path, environment, ...(localPorts && { localPorts }) }),
      launchChromium(),
    ]);
    return new ConsoleTest(browser, server, folder.remove);
  }

  /** A page of a person who is signed in: the administrator unless told. */
  async visit({
    email = ADMIN.email,
    password = ADMIN.password,
    signedIn = true,
    scheme = "light",
    width = 1280,
    locale = "en-GB",
  }: VisitOptions = {}): Promise<Visit> {
    const context = await this.browser.newContext({
      baseURL: this.server.url,
      colorScheme: scheme,
      viewport: { width, height: HEIGHT },
      locale,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    if (signedIn) {
      const answer = await context.request.post("/api/auth/sign-in", { data: { email, password } });
      if (!answer.ok()) throw new Error(`Signing in as ${email} answered ${answer.status()}.`);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) faults.push(message.text());
    });
    return { page, context, faults };
  }

  /** Makes an account that belongs to the default organization. */
  async addPerson(role: "owner" | "admin" | "member" | "viewer", name: string = role): Promise<Person> {
    const person = { email: `${name}@example.org`, password: `the pass phrase of ${name}` };
    const { status, body } = await this.api.post(`${ORGANIZATION}/members`, { ...person, name, role });
    expect([200, 201], JSON.stringify(body)).toContain(status);
    return person;
  }

  /** Puts a package into the catalog. */
  async upload(zip: Uint8Array): Promise<void> {
    const { status, body } = await this.api.upload(`${ORGANIZATION}/uploads`, zip);
    expect([200, 201], JSON.stringify(body)).toContain(status);
  }

  async install(body: Record<string, unknown>, { enable = false } = {}): Promise<void> {
    const answer = await this.api.post(`${ORGANIZATION}/plugins`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    if (enable) await this.api.post(`${ORGANIZATION}/plugins/${String(body.plugin)}/enable`);
  }

  /** The installation as the API has it, or null. */
  async installation(plugin: string) {
    const { status, body } = await this.api.get(`${ORGANIZATION}/plugins/${plugin}`);
    return status === 200 ? body : null;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await this.#removeFolder();
  }
}

/** Does what saves something, until the server has taken it: a notice that it is saved may be of the time before. */
export const saving = async (page: Page, act: () => Promise<void>): Promise<void> => {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "PUT"),
    act(),
  ]);
  expect(answer.status(), await answer.text()).toBe(200);
};

/** How a page that is open can look. */
export type Look = Required<Pick<VisitOptions, "scheme" | "width">>;

export const LOOKS = {
  light: { scheme: "light", width: 1280 },
  dark: { scheme: "dark", width: 1280 },
  phone: { scheme: "light", width: 390 },
  "phone, dark": { scheme: "dark", width: 390 },
} as const satisfies Record<string, Look>;

/** Gives an open page another look, as the system's switch and the window's edge do: loading it again takes longer than looking at it. */
export const setLook = async (page: Page, { scheme, width }: Look): Promise<void> => {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: HEIGHT });
  await page.waitForFunction(
    (wanted) => document.documentElement.dataset.mantineColorScheme === wanted,
    scheme,
  );
  await drawn(page);
};

/** Comes back when what was read last is drawn: by the second frame. */
export const drawn = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** What is wrong with an open page in any of the looks, by look; nothing where all is well. */
export const faultsOfLooks = async (page: Page): Promise<Record<string, string[]>> => {
  const faults: Record<string, string[]> = {};
  for (const [name, look] of Object.entries(LOOKS)) {
    await setLook(page, look);
    const found = await faultsOfPage(page);
    if (found.length > 0) faults[name] = found;
  }
  return faults;
};

/** Rules of accessibility that the page breaks, and whether it is wider than its window. */
export const faultsOfPage = async (page: Page): Promise<string[]> => {
  const broken = await brokenRules(page);
  const wide = await sidewaysPixels(page); // last: what moved has come to rest
  return [...broken, ...(wide > 0 ? [`It is ${wide} pixels wider than its window.`] : [])];
};

/** Rules that axe finds broken in a serious or critical way, each with the first place where. */
export const brokenRules = async (page: Page): Promise<string[]> => {
  // Colours that are on their way are no one's contrast.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  );
  await page.evaluate(AXE);
  const results = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: Axe };
    // Where the page keeps its rules is not asked: describing those places takes a third of the time.
    return axe.run({ resultTypes: ["violations"], preload: false });
  });
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
};

interface Axe {
  run(options: { resultTypes: string[]; preload: boolean }): Promise<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>;
}

/** How many pixels the page can be moved sideways. */
export const sidewaysPixels = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
