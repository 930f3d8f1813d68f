import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, saving, type Visit } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

const PLUGIN = "/api/orgs/default/plugins/acme.aging";
const SETTINGS = `${PLUGIN}/settings`;

let test: ConsoleTest;
let visit: Visit;
let page: Page;

const version = (number: string, properties: Record<string, unknown>) =>
  sample({
    id: "acme.aging",
    version: number,
    manifest: { name: "Aging", settings: { type: "object", properties } },
  });

describeInBrowser("settings that a new version refuses", () => {
  beforeAll(async () => {
    test = await ConsoleTest.start();
    await test.api.post("/api/orgs/default/projects", { slug: "alpha", name: "Alpha" });
    await test.upload(
      await version("1.0.0", {
        days: { type: "integer", title: "Days" },
        units: { type: "string", title: "Units" },
        places: { type: "array", items: { type: "string" }, title: "Places" },
        old: { type: "string", title: "Old" },
      }),
    );
    await test.install({ plugin: "acme.aging", version: "1.0.0" });
    await test.api.put(SETTINGS, { days: 40, units: "furlongs", places: ["Ulm", "Berlin"], old: "kept" });
    await test.api.put(`${SETTINGS}?project=alpha`, { days: 50 });
    await test.upload(
      await version("2.0.0", {
        days: { type: "integer", title: "Days", maximum: 14, default: 5 },
        units: { type: "string", title: "Units", enum: ["metric", "imperial"], default: "metric" },
        places: { type: "array", items: { type: "string", maxLength: 4 }, title: "Places" },
      }),
    );
    const updated = await test.api.post(`${PLUGIN}/update`, { version: "2.0.0" });
    expect(updated.status, JSON.stringify(updated.body)).toBe(200);
    visit = await test.visit();
    page = visit.page;
  });
  afterAll(async () => await test?.close());

  const field = (label: string) => page.locator(".mantine-InputWrapper-root").filter({ hasText: label });
  const places = () => page.getByRole("group", { name: "Places" });
  const save = () => saving(page, () => page.getByRole("button", { name: "Save", exact: true }).click());
  const faults = async (query = "") =>
    ((await test.api.get(`${SETTINGS}${query}`)).body.faults ?? []).map(
      ({ pointer }: { pointer: string }) => pointer,
    );

  it("stand at their field with what is wrong, and are mended one by one", async () => {
    expect(await faults()).toHaveLength(4);
    await page.goto("/o/default/plugins/acme.aging/settings");
    await field("Days").getByText("Stored: 40.").waitFor();
    expect(await page.getByRole("textbox", { name: "Days" }).getAttribute("aria-invalid")).toBe("true");
    await field("Units").getByText("Stored: furlongs.").waitFor();
    await places().getByText("Stored: Berlin.").waitFor();
    await page.getByRole("textbox", { name: "Days" }).fill("7");
    await save();
    await field("Days").getByText("Stored: 40.").waitFor({ state: "detached" });
    expect(await faults()).toEqual(expect.arrayContaining(["/units", "/places/1", "/old"]));
    await field("Units").getByRole("button", { name: "Remove what is stored" }).click();
    await places().getByRole("button", { name: "Remove what is stored" }).click();
    await field("Units").getByRole("button", { name: "Keep it" }).click();
    await save();
    expect(await faults()).toEqual(expect.arrayContaining(["/units", "/old"]));
    expect(await faults()).toHaveLength(2);
  });

  it("can be taken away also where the version has no field for them", async () => {
    const elsewhere = page.getByRole("alert").filter({ hasText: "Values of another version" });
    await elsewhere.getByText("Stored: kept.").waitFor();
    await elsewhere.getByRole("button", { name: "Remove what is stored" }).click();
    await save();
    await elsewhere.waitFor({ state: "detached" });
    expect(await faults()).toEqual(["/units"]);
  });

  it("of the organization are shown in a project, and mended where they are", async () => {
    await page.goto("/o/default/plugins/acme.aging/settings?of=alpha");
    await field("Days").getByText("Stored: 50.").waitFor();
    await field("Units").getByText("It was set for the organization.").waitFor();
    expect(await field("Units").getByRole("button", { name: "Remove what is stored" }).count()).toBe(0);
    await field("Days").getByRole("button", { name: "Remove what is stored" }).click();
    await save();
    expect(await faults("?project=alpha")).toEqual(["/units"]);
    expect((await test.api.get(`${SETTINGS}?project=alpha`)).body.values.days).toBe(7);
    expect(visit.faults).toEqual([]);
  });
});
