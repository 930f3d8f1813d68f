import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePackage } from "./support/packages.ts";
import { type Publishing, publish, startPublishing } from "./support/publishing.ts";

const BASE = "/registry/v1";
const CODE = "export default { tools: {} };";

let publishing: Publishing;
beforeAll(async () => {
  publishing = await startPublishing();
});
afterAll(async () => {
  await publishing?.stop();
});

describe("publishing", () => {
  it("rejects what no check lets pass, with reasons that the publisher reads and no secret in them", async () => {
    const { anyone, acme } = publishing;
    const key = `ghp_${"a1B2".repeat(9)}`;
    const rejected = await publish(acme, {
      id: "acme.leaky",
      files: { "src/config.txt": `first\ntoken = ${key}\n`, ".env": "A=1" },
    });
    expect(rejected).toMatchObject({ status: 422, body: { code: "package_rejected" } });
    expect(rejected.body.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: "secrets", level: "error", file: "src/config.txt", line: 2 }),
        expect.objectContaining({ check: "secrets", level: "error", file: ".env" }),
      ]),
    );
    expect(JSON.stringify(rejected.body)).not.toContain(key);
    const mine = await acme.get(`${BASE}/publishers/acme/submissions?state=rejected`);
    expect(mine.body.items[0]).toMatchObject({ plugin: "acme.leaky", findings: rejected.body.findings });
    expect((await anyone.get(`${BASE}/packages/acme.leaky`)).status).toBe(404);
    expect(await publish(acme, { id: "acme.leaky" })).toMatchObject({ status: 201 });
  });

  it("holds back what a person has to see, who releases or refuses it", async () => {
    const { admin, anyone, eve, acme } = publishing;
    const held = { id: "acme.sneaky", code: 'export default { tools: {} }; fetch("https://x.example");' };
    const first = await publish(acme, held);
    expect(first).toMatchObject({ status: 202, body: { state: "quarantined" } });
    expect(first.body.findings).toMatchObject([{}, {}, { check: "permissions", level: "review" }, {}]);
    expect((await anyone.get(`${BASE}/packages/acme.sneaky`)).status).toBe(404);
    const found = await anyone.get(`${BASE}/search?publisher=acme&limit=200`);
    expect(found.body.items.map(({ plugin }: { plugin: string }) => plugin)).not.toContain("acme.sneaky");
    expect(await publish(acme, held)).toMatchObject({ status: 202, body: { id: first.body.id } });
    const release = `${BASE}/submissions/${first.body.id}/release`;
    expect(await acme.post(release)).toMatchObject({ status: 403 });
    expect(await eve.post(release)).toMatchObject({ status: 403 });
    expect(await admin.post(release)).toMatchObject({ status: 200, body: { state: "released" } });
    expect(await admin.post(release)).toMatchObject({ status: 409, body: { code: "submission_decided" } });
    expect((await anyone.get(`${BASE}/packages/acme.sneaky`)).body.latest).toBe("1.0.0");
    const second = await publish(acme, { ...held, version: "1.1.0" });
    const reject = `${BASE}/submissions/${second.body.id}/reject`;
    expect(await admin.post(reject, { reason: "Why does it?" })).toMatchObject({
      body: { state: "refused" },
    });
    const { items } = (await acme.get(`${BASE}/publishers/acme/submissions?state=refused`)).body;
    expect(items[0]).toMatchObject({ version: "1.1.0", reason: "Why does it?" });
    expect(await admin.post(`${BASE}/submissions/999999/release`)).toMatchObject({ status: 404 });
  });

  it("holds back names that could be taken for well known ones", async () => {
    const { admin, newPublisher } = publishing;
    await newPublisher("globex");
    await publish(admin, { id: "globex.telescope", manifest: { name: "Telescope" } });
    await admin.put(`${BASE}/packages/globex.telescope/badge`, { badge: "official" });
    const copy = await newPublisher("gl0bex");
    expect(await publish(copy, { id: "gl0bex.telescope", manifest: { name: "Other" } })).toMatchObject({
      status: 202,
      body: { findings: expect.arrayContaining([expect.objectContaining({ check: "similar-names" })]) },
    });
    expect(await publish(copy, { id: "gl0bex.stars", manifest: { name: "Te1escope" } })).toMatchObject({
      status: 202,
    });
    const own = { id: "gl0bex.microscope", manifest: { name: "Microscope" } };
    expect(await publish(copy, own)).toMatchObject({ status: 201 });
    expect(await publish(copy, { ...own, version: "1.1.0" })).toMatchObject({ status: 201 });
    const renamed = { ...own, version: "1.2.0", manifest: { name: "TeIescope" } };
    expect(await publish(copy, renamed)).toMatchObject({ status: 202 });
  });

  it("refuses what is no package, and tokens that were deleted or have expired", async () => {
    const { admin, acme } = publishing;
    expect(await acme.upload(`${BASE}/packages`, Buffer.from("no zip"))).toMatchObject({
      status: 422,
      body: { code: "archive_unreadable" },
    });
    expect(await acme.post(`${BASE}/packages`, {})).toMatchObject({ status: 415 });
    expect(await publish(acme, { id: "acme.broken", code: "export default {" })).toMatchObject({
      status: 422,
      body: { code: "script_invalid" },
    });
    const tokens = `${BASE}/publishers/acme/tokens`;
    const short = await admin.post(tokens, {
      name: "x",
      expiresAt: new Date(Date.now() + 1_000).toISOString(),
    });
    expect(await admin.post(tokens, { name: "x", expiresAt: "2020-01-01T00:00:00Z" })).toMatchObject({
      status: 400,
    });
    await expect
      .poll(
        async () => (await admin.as(short.body.token).get(`${BASE}/publishers/acme/submissions`)).status,
        { timeout: 10_000 },
      )
      .toBe(401);
    const gone = await admin.post(tokens, { name: "y" });
    expect((await admin.get(tokens)).body.items.map(({ name }: { name: string }) => name)).toContain("y");
    expect(JSON.stringify((await admin.get(tokens)).body)).not.toContain(gone.body.token);
    expect((await admin.delete(`${tokens}/${gone.body.id}`)).status).toBe(204);
    expect((await admin.as(gone.body.token).get(`${BASE}/publishers`)).status).toBe(401);
    expect((await admin.delete(`${tokens}/${gone.body.id}`)).status).toBe(404);
  });

  it("refuses a package whose token was deleted while it was on its way", async () => {
    const { server, admin, anyone } = publishing;
    const tokens = `${BASE}/publishers/acme/tokens`;
    const { token, id } = (await admin.post(tokens, { name: "stolen" })).body;
    const zip = await makePackage({ id: "acme.stolen", code: CODE });
    const head = '--b\r\ncontent-disposition: form-data; name="package"; filename="p.zip"\r\n\r\n';
    const body = async function* () {
      yield Buffer.concat([Buffer.from(head), zip.subarray(0, 100)]);
      // The token was looked at by now: nothing else of this request is there to be waited for.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await admin.delete(`${tokens}/${id}`)).status).toBe(204);
      yield Buffer.concat([zip.subarray(100), Buffer.from("\r\n--b--\r\n")]);
    };
    const answer = await fetch(new URL(`${BASE}/packages`, server.url), {
      method: "POST",
      body: Readable.from(body()),
      duplex: "half",
      headers: { authorization: `Bearer ${token}`, "content-type": "multipart/form-data; boundary=b" },
    } as RequestInit);
    expect(answer.status, await answer.text()).toBe(401);
    expect((await anyone.get(`${BASE}/packages/acme.stolen`)).status).toBe(404);
  });
});
