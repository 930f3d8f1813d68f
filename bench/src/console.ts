import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { median, quantile, type Row } from "./row.ts";
import { ADMIN, type BenchServer, startBenchServer } from "./server.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const PLUGINS = 500;
const VISITS = 7;
/** At once while they are installed. */
const AT_ONCE = 2;
const SCROLL_STEPS = 120;
const STEP_PX = 300;
/** Until everything that the page loads later is there. */
const QUIET_MS = 1_000;

/** Notes when the first card is on the screen, and when the page answers a key: "/" leads into the search field. */
const WATCH = `
globalThis.seen = {};
const type = () => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
  if (document.activeElement instanceof HTMLInputElement) seen.key = performance.now();
  else setTimeout(type, 5);
};
new MutationObserver((_, observer) => {
  if (document.querySelector("article") === null) return;
  observer.disconnect();
  requestAnimationFrame(() => { seen.card = performance.now(); type(); });
}).observe(document, { childList: true, subtree: true });
`;

/** Scrolls from top to bottom; what comes back is the time between frames meanwhile. */
const SCROLL = `(async () => {
  const gaps = [];
  let last = performance.now();
  for (let step = 0; step < ${SCROLL_STEPS}; step++) {
    scrollBy(0, ${STEP_PX});
    await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  return gaps;
})()`;

/** The plugins page with many installations, in a real browser whose cache is cold each time. */
export const benchConsole = async (): Promise<Row[]> => {
  if (!existsSync(CHROMIUM))
    throw new Error("This benchmark needs Chromium, from Debian's package of that name.");
  const server = await startBenchServer();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  try {
    await installMany(server);
    const visits: Visit[] = [];
    for (let n = 0; n <= VISITS; n++) {
      const visit = await visitPlugins(browser, server.url);
      if (n > 0) visits.push(visit); // the first warms the server up
    }
    const gaps = visits.flatMap((visit) => visit.scrollGapsMs);
    return [
      {
        what: `Plugins page with ${PLUGINS} installations, cold cache, to the first card`,
        unit: "ms",
        patchbay: median(visits.map((visit) => visit.firstCardMs)),
        peers: {},
      },
      {
        what: "The same, to the first key that it answers",
        unit: "ms",
        patchbay: median(visits.map((visit) => visit.answersMs)),
        peers: {},
        goal: "at most 1,000 ms",
      },
      {
        what: "Time between two frames while it scrolls, 95 of 100 are shorter",
        unit: "ms",
        patchbay: quantile(gaps, 0.95),
        peers: { "a frame at 60 Hz": 1_000 / 60 },
      },
      {
        what: "Script of the first load, compressed",
        unit: "kB",
        patchbay: median(visits.map((visit) => visit.scriptBytes)) / 1_000,
        peers: {},
        goal: "at most 250 kB",
      },
    ];
  } finally {
    await browser.close();
    await server.close();
  }
};

const installMany = async (server: BenchServer): Promise<void> => {
  const due = Array.from({ length: PLUGINS }, (_, index) => index).values();
  const worker = async () => {
    for (const index of due)
      await server.install({ id: `bench.plugin-${index}`, name: `Plugin ${index}`, enable: false });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};

interface Visit {
  readonly firstCardMs: number;
  readonly answersMs: number;
  readonly scrollGapsMs: readonly number[];
  readonly scriptBytes: number;
}

const visitPlugins = async (browser: Browser, url: string): Promise<Visit> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.request.post(`${url}/api/auth/sign-in`, { data: ADMIN });
  const page = await context.newPage();
  let scriptBytes = 0;
  page.on("requestfinished", async (request) => {
    if (request.resourceType() === "script") scriptBytes += (await request.sizes()).responseBodySize;
  });
  await page.addInitScript({ content: WATCH });
  await page.goto(`${url}/o/default/plugins`);
  await page.waitForFunction(() => (globalThis as { seen?: { key?: number } }).seen?.key !== undefined);
  const seen = await page.evaluate<{ card: number; key: number }>("seen");
  await page.waitForTimeout(QUIET_MS);
  const scrollGapsMs = await page.evaluate<number[]>(SCROLL);
  await context.close();
  return { firstCardMs: seen.card, answersMs: seen.key, scrollGapsMs, scriptBytes };
};
