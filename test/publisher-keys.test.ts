import { generateKeyPair } from "@patchbay/artifact";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  api,
  enable,
  install,
  installedAndOn,
  PLUGINS,
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
    keyId: pair.keyId,
    publicKey: pair.publicKey,
    createdAt: "2026-01-01T00:00:00Z",
    ...more,
  });
  const learn = (publisher: string, ...keys: ReturnType<typeof keyOf>[]) =>
    trust.publisherKeys.learn(
      { publisher, name: publisher, proofs: [], keys, packages: [] },
      "https://market.example",
    );
  const revoked = (reason: string, at = "2026-02-01T00:00:00Z") => ({ revoked: { at, reason } });
  const stateAfter = async (id: string, state: string) =>
    await expect.poll(async () => (await stateOf(id)).trust.state).toBe(state);

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
