import { endorseKey, generateKeyPair, readPrivateKey } from "@patchbay/artifact";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type acme,
  api,
  enable,
  install,
  installedAndOn,
  PLUGINS,
  plain,
  refused,
  say,
  server,
  setUp,
  signed,
  sql,
  start,
  stateOf,
  tearDown,
  trust,
  upload,
} from "./support/signed-server.ts";

beforeAll(setUp);
afterAll(tearDown);

describe("the keys of a publisher", () => {
  const keyOf = (pair: { keyId: string; publicKey: string }, more: object = {}) => ({
    ...{ keyId: pair.keyId, publicKey: pair.publicKey, createdAt: "2026-01-01T00:00:00Z" },
    ...more,
  });
  const learn = (publisher: string, ...keys: ReturnType<typeof keyOf>[]) =>
    trust.publisherKeys.learn(
      { publisher, name: publisher, proofs: [], keys, packages: [] },
      "https://market.example",
    );
  const changed = expect.objectContaining({ code: "publisher_key_changed" });
  const revoked = (reason: string, at = "2026-02-01T00:00:00Z") => ({ revoked: { at, reason } });
  const stateAfter = async (id: string, state: string) =>
    await expect.poll(async () => (await stateOf(id)).trust.state).toBe(state);

  it("are pinned: another one counts only with the word of one that is known", async () => {
    const [first, second, third, evil] = [1, 2, 3, 4].map(() => generateKeyPair()) as [
      typeof acme,
      typeof acme,
      typeof acme,
      typeof acme,
    ];
    await learn("pinned", keyOf(first));
    await learn("pinned", keyOf(first));
    await expect(learn("pinned", keyOf(evil))).rejects.toEqual(changed);
    const own = endorseKey("pinned", evil, readPrivateKey(evil.privateKeyPem));
    await expect(learn("pinned", keyOf(evil, { endorsement: own }))).rejects.toEqual(changed);
    const elsewhere = endorseKey("other", second, readPrivateKey(first.privateKeyPem));
    await expect(learn("pinned", keyOf(second, { endorsement: elsewhere }))).rejects.toEqual(changed);
    const word = (to: typeof acme, by: typeof acme) => ({
      endorsement: endorseKey("pinned", to, readPrivateKey(by.privateKeyPem)),
    });
    await learn("pinned", keyOf(third, word(third, second)), keyOf(second, word(second, first)));
    const { body } = await api.get("/api/system/publishers");
    const known = body.items.filter((one: { publisher: string }) => one.publisher === "pinned");
    expect(known.map((one: { keyId: string }) => one.keyId)).toEqual([
      first.keyId,
      second.keyId,
      third.keyId,
    ]);
    await expect(learn("pinned", keyOf(evil), keyOf(third, revoked("compromised")))).rejects.toEqual(changed);
    const fourth = generateKeyPair();
    await expect(learn("pinned", keyOf(fourth, word(fourth, third)))).rejects.toEqual(changed);
    const removed = await api.delete("/api/system/publishers/pinned");
    expect(removed.status).toBe(204);
    expect(await api.delete("/api/system/publishers/pinned")).toEqual(refused("publisher_unknown"));
    await learn("pinned", keyOf(evil));
  });

  it("make packages unsigned when nobody knows them, and signed as soon as somebody does", async () => {
    const pair = generateKeyPair();
    await install({ id: "later.plugin", by: pair });
    expect((await stateOf("later.plugin")).trust.state).toBe("unsigned");
    await learn("later", keyOf(pair));
    await stateAfter("later.plugin", "signed");
  });

  it("that were swapped in the database are not believed", async () => {
    const pair = generateKeyPair();
    const evil = generateKeyPair();
    await learn("swapped", keyOf(pair));
    await install({ id: "swapped.plugin", by: pair });
    await sql.query("update publisher_keys set public_key = $1, key_id = $2 where publisher = 'swapped'", [
      evil.publicKey,
      evil.keyId,
    ]);
    await expect
      .poll(async () => await upload(await signed({ id: "swapped.evil", by: evil })))
      .toEqual(refused("package_modified"));
    expect((await stateOf("swapped.plugin")).trust.state).toBe("unsigned");
  });

  it("take all that they ever signed with them when they are compromised, for good", async () => {
    const pair = generateKeyPair();
    await learn("leaky", keyOf(pair));
    await installedAndOn({ id: "leaky.plugin", by: pair, signedAt: "2026-01-02T00:00:00Z" });
    await install({ id: "leaky.off", by: pair });
    await learn("leaky", keyOf(pair, revoked("compromised")));
    // It runs: it is ended.
    await expect
      .poll(async () => await stateOf("leaky.plugin"))
      .toMatchObject({ state: "error", lastError: { code: "signature_revoked" } });
    await expect
      .poll(async () => (await api.get(`${PLUGINS}/leaky.plugin/instances`)).body.items)
      .toEqual([]);
    await learn("leaky", keyOf(pair));
    await stateAfter("leaky.plugin", "revoked");
    expect(await enable("leaky.off")).toEqual(refused("signature_revoked"));
    expect(await upload(await signed({ id: "leaky.more", by: pair }))).toEqual(refused("signature_revoked"));
    await server.stop();
    await sql.query(
      "update publisher_keys set revoked_at = null, revoked_reason = null where publisher = 'leaky'",
    );
    await start();
    // That it was not revoked after all, only the database says.
    expect(await api.post(`${PLUGINS}/leaky.plugin/retry`, {})).toEqual(refused("package_modified"));
  });

  it("leave what they signed before they were superseded as it is", async () => {
    const pair = generateKeyPair();
    await learn("old", keyOf(pair));
    await installedAndOn({ id: "old.before", by: pair, signedAt: "2026-01-31T00:00:00Z" });
    await install({ id: "old.after", by: pair, signedAt: "2026-02-02T00:00:00Z" });
    await learn("old", keyOf(pair, revoked("superseded")));
    await stateAfter("old.after", "revoked");
    expect(await enable("old.after")).toEqual(refused("signature_revoked"));
    expect((await stateOf("old.before")).trust.state).toBe("signed");
    await server.stop();
    await start();
    expect((await say("old.before")).body).toEqual({ output: "good" });
  });
});

describe("a policy that wants signatures", () => {
  it("keeps unsigned packages from being installed, enabled and updated to", async () => {
    await upload(await plain({ id: "acme.bare" }));
    await api.post(PLUGINS, { plugin: "acme.bare" });
    await upload(await plain({ id: "acme.bare-too" }));
    await installedAndOn({ id: "acme.good" });
    await upload(await plain({ id: "acme.good", version: "1.1.0" }));
    const policy = await api.put("/api/orgs/default/policy", { signatures: "required" });
    expect(policy.status).toBe(200);
    expect(policy.body.violations).toContainEqual(
      expect.objectContaining({ plugin: "acme.bare", rule: "signatures" }),
    );
    expect(policy.body.violations.map((one: { plugin: string }) => one.plugin)).not.toContain("acme.good");
    const blocked = expect.objectContaining({
      status: 403,
      body: expect.objectContaining({ code: "policy_blocked", rule: "signatures" }),
    });
    expect(await enable("acme.bare")).toEqual(blocked);
    expect(await api.post(PLUGINS, { plugin: "acme.bare-too" })).toEqual(blocked);
    expect(await api.post(`${PLUGINS}/acme.good/update`, {})).toEqual(blocked);
    await api.put("/api/orgs/default/policy", {});
    expect((await enable("acme.bare")).status).toBe(200);
  });
});
