import { afterAll, beforeAll, expect, it } from "vitest";
import { makePackage } from "../support/packages.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, faultsOfLooks } from "./support/console-test.ts";

const PLUGIN = "acme.gallery";
/** One red point. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";
const CODE = `
const bytes = Uint8Array.from(atob("${PICTURE}"), (sign) => sign.charCodeAt(0));
export default {
  tools: {
    draw: {
      description: "Draws a point.",
      answers: "content",
      run: () => [
        "## A point",
        { type: "image", mediaType: "image/png", bytes },
        { type: "resource", resource: { uri: "gallery://points/1", mediaType: "text/plain", text: "It is red." } },
      ],
    },
    count: {
      description: "Counts until nobody waits.",
      run: (_input, { progress, signal }) => {
        progress({ done: 3, total: 20, message: "At the third" });
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null)));
      },
    },
    ask: {
      description: "Asks first.",
      run: async (_input, { elicit }) =>
        await elicit({ sure: { message: "Sure?", schema: { type: "object", properties: {} } } }),
    },
  },
};
`;

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
  const tools = [
    { name: "draw", description: "Draws a point.", answers: "content" },
    { name: "count", description: "Counts until nobody waits." },
    { name: "ask", description: "Asks first." },
  ];
  await test.upload(await makePackage({ id: PLUGIN, code: CODE, manifest: { contributes: { tools } } }));
  await test.install({ plugin: PLUGIN }, { enable: true });
});
afterAll(async () => await test?.close());

describeInBrowser("what a tool answers to be looked at", () => {
  it("is shown in its order: texts, pictures, resources", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto(`/o/default/tools?tool=${encodeURIComponent(`${PLUGIN}/draw`)}`);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const result = page.getByRole("region", { name: "Result" });
    await result.getByRole("heading", { name: "A point" }).waitFor();
    const picture = result.getByRole("img", { name: "image-2.png" });
    await expect
      .poll(() => picture.evaluate((image) => (image as { naturalWidth?: number }).naturalWidth))
      .toBe(1);
    await result.getByRole("button", { name: "Save image-2.png" }).waitFor();
    await result.getByText("gallery://points/1").waitFor();
    await result.getByText("It is red.").waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    expect(faults).toEqual([]);
    await context.close();
  });

  it("takes its time, and says meanwhile how far it is", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/tools?tool=${encodeURIComponent(`${PLUGIN}/count`)}`);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const result = page.getByRole("region", { name: "Result" });
    await result.getByText("Running · 3 of 20 · At the third").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await result.getByText(/^Cancelled after/).waitFor();
    await context.close();
  });

  it("is not there where the tool asks: the page says who can be asked", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/tools?tool=${encodeURIComponent(`${PLUGIN}/ask`)}`);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("The tool asks something, and in the console nobody can be asked.").waitFor();
    await alert.getByText(/a program of the page Connect/).waitFor();
    await context.close();
  });
});
