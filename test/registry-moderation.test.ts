import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { makePackage } from "./support/packages.ts";
import { type Publishing, startPublishing } from "./support/publishing.ts";
import { BOOTSTRAP_KEY, temporaryFolder } from "./support/server.ts";

const BASE = "/registry/v1";
/** Uses what it does not ask for. */
const SNEAKY = 'export default { tools: {} }; fetch("https://x.example");';

let publishing: Publishing;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  publishing = await startPublishing();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await publishing?.stop();
  await folder?.remove();
});

/** The command of somebody who administers the registry. */
const registry = async (...args: string[]) => {
  const environment = { PATCHBAY_URL: publishing.server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
  return await runCli(["registry", ...args], { environment });
};
const sent = async (version: string) => {
  const zip = await makePackage({ id: "acme.sneaky", version, code: SNEAKY });
  const { body } = await publishing.acme.upload(`${BASE}/packages`, zip);
  expect(body).toMatchObject({ state: "quarantined" });
  return { zip, id: body.id as string };
};

describe("who runs a registry", () => {
  it("sees what is held back, looks at it, and releases or refuses it", async () => {
    expect(await registry("submissions")).toMatchObject({ stdout: "Nothing waits for a decision.\n" });
    const [good, bad] = [await sent("1.0.0"), await sent("1.1.0")];
    const held = await registry("submissions");
    expect(held.stdout).toContain(`${good.id}  acme.sneaky 1.0.0 is held back`);
    expect(held.stdout).toContain("permissions: ");
    const file = join(folder.path, "held.zip");
    expect(await registry("download", good.id, "--output", file)).toMatchObject({ code: 0, stderr: "" });
    expect(
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
    ).toBe(createHash("sha256").update(good.zip).digest("hex"));
    const { admin, acme, eve, anyone } = publishing;
    for (const caller of [acme, eve])
      expect(await caller.get(`${BASE}/submissions/${good.id}/artifact`)).toMatchObject({ status: 403 });
    expect(await anyone.get(`${BASE}/submissions/${good.id}/artifact`)).toMatchObject({ status: 401 });
    expect(await registry("release", good.id)).toMatchObject({
      stdout: expect.stringContaining("acme.sneaky 1.0.0 is published"),
    });
    expect(await registry("reject", bad.id, "--reason", "Why does it call x.example?")).toMatchObject({
      stdout: expect.stringContaining("was refused: Why does it call x.example?"),
    });
    for (const { id } of [good, bad])
      expect(await admin.get(`${BASE}/submissions/${id}/artifact`)).toMatchObject({
        status: 409,
        body: { code: "submission_decided" },
      });
    expect(await admin.get(`${BASE}/submissions/999999/artifact`)).toMatchObject({ status: 404 });
    expect(await registry("release", good.id)).toMatchObject({ code: 1 });
    const all = await registry("submissions", "--state", "all", "--json");
    expect(JSON.parse(all.stdout).map(({ state }: { state: string }) => state)).toEqual([
      "refused",
      "released",
    ]);
  });

  it("says who stands behind a plugin", async () => {
    expect(await registry("badge", "acme.sneaky", "partner")).toMatchObject({ code: 0 });
    expect((await publishing.anyone.get(`${BASE}/packages/acme.sneaky`)).body.badge).toBe("partner");
    expect(await registry("badge", "acme.sneaky", "best")).toMatchObject({ code: 2 });
  });
});

describe("who publishes", () => {
  it("sees publishers with what proves them, and takes tokens back", async () => {
    expect((await registry("publisher", "list")).stdout).toMatch(/^acme {2}acme Inc\., proven by operator$/m);
    const made = await registry("publisher", "token", "acme", "--name", "lost");
    const token = publishing.admin.as(made.stdout.trim());
    expect((await token.get(`${BASE}/publishers/acme/submissions`)).status).toBe(200);
    const line = (await registry("publisher", "tokens", "acme")).stdout
      .split("\n")
      .find((one) => one.includes("lost"));
    const id = line?.split(" ")[0] ?? "";
    expect(await registry("publisher", "revoke-token", "acme", id)).toMatchObject({ code: 0 });
    expect((await token.get(`${BASE}/publishers/acme/submissions`)).status).toBe(401);
    expect(await registry("publisher", "revoke-token", "acme", id)).toMatchObject({ code: 1 });
  });
});
