import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ENDPOINT_PLUGIN,
  ENDPOINTS_OF,
  installEndpointPlugin,
  makeAddress,
} from "../support/endpoint-plugin.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, faultsOfLooks } from "./support/console-test.ts";

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
  await installEndpointPlugin(test.api);
});
afterAll(async () => await test?.close());

const PAGE = /\/o\/default\/endpoints\/[\w-]+$/;

describeInBrowser("addresses at which plugins answer", () => {
  it("are made, with a key that is shown once, and are called", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/endpoints");
    await page.getByRole("button", { name: "New endpoint" }).click();
    const dialog = page.getByRole("dialog", { name: "New endpoint" });
    const offer = await dialog.getByRole("option", { name: /^keyed/ }).getAttribute("value");
    await dialog.getByLabel("What answers").selectOption(offer);
    await dialog.getByRole("textbox", { name: "Name" }).fill("Shop");
    await dialog.getByRole("button", { name: "Make the address" }).click();
    const secret = (await dialog.locator("code").textContent()) ?? "";
    expect(secret).toMatch(/^pbe_/);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.waitForURL(PAGE);
    await page.getByRole("heading", { name: "Shop", level: 1 }).waitFor();
    await page.getByText("Nothing has come yet.").waitFor();
    const url = (await page.getByText(/^http:.*\/e\/[0-9a-f]{40}$/).textContent()) ?? "";
    expect((await fetch(`${url}/orders?token=hidden`, { headers: { "x-api-key": secret } })).status).toBe(
      200,
    );
    await page.getByRole("button", { name: "Show GET /orders?token=•••" }).waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    expect(faults).toEqual([]);
    await context.close();
  });

  it("show what has come, and make it once more", async () => {
    const { page, context, faults } = await test.visit();
    const { id, url } = await makeAddress(test.api, "orders", { keepsBodies: true, title: "Orders in" });
    await fetch(`${url}/orders/7`, { method: "POST", body: "a large order" });
    await page.goto(`/o/default/endpoints/${id}`);
    await page.getByRole("button", { name: "Show POST /orders/7" }).click();
    const dialog = page.getByRole("dialog", { name: "POST /orders/7" });
    await dialog.getByText("a large order").waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    await dialog.getByRole("button", { name: "Make it once more" }).click();
    await page.getByText("made once more", { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("are switched off, get other limits and secrets, and are deleted", async () => {
    const { page, context } = await test.visit();
    const { id, url } = await makeAddress(test.api, "keyed", { title: "Limited" });
    await page.goto(`/o/default/endpoints/${id}`);
    await page.getByRole("switch", { name: "Switched on" }).press("Space");
    await page.getByText("Off", { exact: true }).waitFor();
    await expect.poll(async () => (await fetch(url)).status).toBe(404);
    await page.getByLabel("Requests a minute").fill("5");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The endpoint is changed.").waitFor();
    expect((await test.api.get(`${ENDPOINTS_OF}/${id}`)).body).toMatchObject({
      perMinute: 5,
      enabled: false,
    });
    await page.getByRole("button", { name: "New secret" }).click();
    const dialog = page.getByRole("dialog", { name: "New secret" });
    await dialog.getByRole("button", { name: "Make the secret" }).click();
    await dialog.getByText("The secret is there").waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByText("stays valid").waitFor();
    await page.getByText(/^until /).waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete Limited" }).click();
    await page.waitForURL(/\/endpoints$/);
    expect((await test.api.get(`${ENDPOINTS_OF}/${id}`)).body.code).toBe("endpoint_not_found");
    await context.close();
  });

  it("show what a plugin answers without letting it act in the console's name", async () => {
    const { page, context } = await test.visit();
    const { url } = await makeAddress(test.api, "odd");
    await page.goto(`${url}/page?as=page`);
    await page.getByText("Shown").waitFor();
    expect(await page.title()).not.toBe("evil");
    expect(await page.evaluate(() => window.origin)).toBe("null");
    await page.goto(`/o/default/plugins/${ENDPOINT_PLUGIN}/overview`);
    const status = await page.evaluate(async (address) => (await fetch(address)).status, url);
    expect(status).toBe(403);
    await context.close();
  });

  it("are not offered to those who may make none", async () => {
    const { page, context } = await test.visit(await test.addPerson("member"));
    await page.goto("/o/default/endpoints");
    await page.getByText("You may not do this").waitFor();
    expect(await page.getByRole("button", { name: "New endpoint" }).count()).toBe(0);
    await context.close();
  });
});
