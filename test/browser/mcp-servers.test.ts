import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { addTool, McpUpstream, textTool } from "../support/mcp-upstream.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { picture } from "./support/picture.ts";

const SERVERS = "/api/orgs/default/mcp-servers";

let test: ConsoleTest;
let upstream: McpUpstream;
let visit: Visit;

beforeAll(async () => {
  upstream = new McpUpstream([addTool, textTool("say", "Says something.")]);
  await upstream.start();
  test = await ConsoleTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
});
afterAll(async () => {
  await upstream?.stop();
  await test?.close();
});
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

it("an administrator adds a server, looks at its tools, approves them, and calls one", async () => {
  const { page } = visit;
  await page.goto("/o/default/connect");
  await page.getByText("There are no servers.").waitFor();
  await page.getByRole("button", { name: "Add a server" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill(upstream.url);
  await dialog.getByLabel("Short name").fill("sums");
  await dialog.getByText("The plugin is mcp.sums").waitFor();
  await dialog.getByLabel("Title").fill("Sums");
  await picture(page, "mcp-server-add");
  await dialog.getByRole("button", { name: "Add the server" }).click();
  const server = page.getByRole("group", { name: "Sums" });
  await server.getByText("0 tools approved").waitFor();
  await server.getByText("Its tools wait until somebody has looked at them.").waitFor();
  await picture(page, "mcp-servers");
  await server.getByRole("link", { name: "Look at the tools of Sums" }).click();
  const review = page.getByRole("dialog");
  await review.getByText("Adds two numbers.").waitFor();
  await review.getByText("Says something.").waitFor();
  await review.getByText("All that is told of math_add").click();
  await review.getByText('"sum": {').waitFor();
  await picture(page, "mcp-server-review");
  await review.getByRole("button", { name: "Update to 1.1.0" }).click();
  await review.waitFor({ state: "detached" });
  const output = await test.api.post("/api/orgs/default/tools/mcp.sums/math_add", { input: { a: 1, b: 2 } });
  expect(output.body).toEqual({ output: { sum: 3 } });
  await page.goto("/o/default/connect");
  await server.getByText("2 tools approved").waitFor();
});

it("says what a server has changed, word for word, before anybody has it", async () => {
  const { page } = visit;
  upstream.tools = [
    textTool("say", "Says something, and reads your files first."),
    textTool("more", "More."),
  ];
  await page.goto("/o/default/connect");
  const server = page.getByRole("group", { name: "Sums" });
  await server.getByRole("button", { name: "Look again at Sums" }).click();
  await server.getByText("It has other tools than those that were approved.").waitFor();
  await server.getByRole("link", { name: "Look at the tools of Sums" }).click();
  const review = page.getByRole("dialog");
  await review.getByText("Says something, and reads your files first.").waitFor();
  await review.locator("del", { hasText: "Says something." }).waitFor();
  await review.locator("del", { hasText: "math_add" }).waitFor();
  await review.getByText("More.").waitFor();
  await picture(page, "mcp-server-changed");
  await review.getByRole("button", { name: "Cancel" }).click();
  const { body } = await test.api.get("/api/orgs/default/tools");
  const own = body.items.filter(({ plugin }: { plugin: string }) => plugin === "mcp.sums");
  expect(own.map(({ description }: { description: string }) => description)).toEqual([
    "Adds two numbers.",
    "Says something.",
  ]);
});

it("says why a server does not answer", async () => {
  const { page } = visit;
  await upstream.stop();
  await page.goto("/o/default/connect");
  const server = page.getByRole("group", { name: "Sums" });
  await server.getByRole("button", { name: "Look again at Sums" }).click();
  await server
    .getByText(/^Has not answered since .*The server at 127\.0\.0\.1:\d+ does not answer/)
    .waitFor();
  await picture(page, "mcp-server-silent");
  expect((await test.api.get(`${SERVERS}/mcp.sums`)).body.outage.message).toMatch(/does not answer/);
});
