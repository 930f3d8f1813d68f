import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { freePort } from "../support/nginx.ts";
import { ADMIN, BOOTSTRAP_KEY } from "../support/server.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";

const PATH = "/tools/patchbay";
const INSIGHTS = "/api/orgs/default/plugins/patchbay.insights";

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  const port = String(await freePort());
  test = await ConsoleTest.start({
    PATCHBAY_PORT: port,
    PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}${PATH}`,
  });
});
afterAll(async () => await test?.close());
afterEach(async () => await visit?.context.close());

describeInBrowser("the console below a path", () => {
  it("signs in, goes from page to page, is read again where it is, and shows views", async () => {
    const { url } = test.server;
    const call = (method: string, path: string, body?: unknown) =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const { required } = await (await call("GET", `${INSIGHTS}/grants`)).json();
    const grants = required.map(({ reason: _reason, ...grant }: { reason: string }) => grant);
    expect((await call("PUT", `${INSIGHTS}/grants`, { grants })).status).toBe(200);
    expect((await call("POST", `${INSIGHTS}/enable`)).status).toBe(200);

    visit = await test.visit({ signedIn: false });
    const { page } = visit;
    await page.goto(`${url}/`);
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel(/^Password/).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${url}/o/default/plugins**`);
    await page.getByRole("link", { name: "Documents" }).first().click();
    await page.waitForURL(`${url}/o/default/plugins/patchbay.documents**`);
    await page.reload();
    await page.getByRole("heading", { name: "Documents" }).first().waitFor();
    await page.goto(`${url}/o/default/plugins/patchbay.insights`);
    await page.getByRole("navigation").getByRole("link", { name: "Insights" }).first().click();
    const frame = page.frameLocator("iframe").first();
    await frame.getByRole("img").first().waitFor();
    expect(visit.faults).toEqual([]);
  });
});
