import { randomInt } from "node:crypto";
import {
  endorseKey,
  generateKeyPair,
  readPackage,
  readPrivateKey,
  readSignature,
  signPackage,
} from "@patchbay/artifact";
import type { Principal } from "@patchbay/core";
import type { PublisherKeyDto } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, running, sourceOf, type TestPlugin } from "./support/plugins.ts";

type Pair = ReturnType<typeof generateKeyPair>;
const FROM = "https://market.example";
const AT = "2026-01-01T00:00:00Z";
const FEBRUARY = "2026-02-01T00:00:00Z";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;
let publisher: string;
let boss: Principal;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
  publisher = `p${crypto.randomUUID().slice(0, 8)}`;
  boss = await organization.join("owner", {}, { deploymentAdmin: true });
});

const keyOf = ({ keyId, publicKey }: Pair, more: Partial<PublisherKeyDto> = {}): PublisherKeyDto => ({
  keyId,
  publicKey,
  createdAt: AT,
  ...more,
});
/** The word of one key for another. */
const word = (to: Pair, by: Pair, of = publisher) => ({
  endorsement: endorseKey(of, to, readPrivateKey(by.privateKeyPem)),
});
const revoked = (reason: "compromised" | "superseded", at = FEBRUARY) => ({ revoked: { at, reason } });
const learn = (...keys: PublisherKeyDto[]) =>
  domain.publisherKeys.learn({ publisher, name: publisher, proofs: [], keys, packages: [] }, FROM);
const known = async () => (await domain.publisherKeys.of(publisher)).map(({ keyId }) => keyId);

/** The signature that a package of the plugin would have. */
const signatureOf = async ({ manifest }: TestPlugin, by: Pair, signedAt = AT): Promise<string> => {
  const { id, version } = manifest;
  const path = await organization.fileOf(sourceOf(id, { version }));
  const privateKey = readPrivateKey(by.privateKeyPem);
  await signPackage({ input: path, output: path, privateKey, signedAt: new Date(signedAt) });
  await using packageFile = await readPackage(path);
  const signature = await readSignature(packageFile);
  if (signature === null) throw new Error("The package was signed.");
  return signature.envelope;
};
const bring = async (plugin: TestPlugin, by: Pair, signedAt?: string) =>
  await organization.bring(plugin, { signature: await signatureOf(plugin, by, signedAt) });
const install = async (plugin: TestPlugin, by: Pair, signedAt?: string) => {
  await bring(plugin, by, signedAt);
  return await domain.installer.install(owner, slug, { plugin: plugin.manifest.id });
};
const enable = (name: string) => domain.switching.enable(owner, slug, `${publisher}.${name}`);
const trustIn = async (name: string) =>
  (await domain.installations.get(owner, slug, `${publisher}.${name}`)).trust.state;
const named = (name: string, more?: object) => plain(`${publisher}.${name}`, more);

describe("the keys of a publisher", () => {
  it("are pinned: another one counts only with the word of one that is known", async () => {
    const [first, second, third, evil] = [1, 2, 3, 4].map(() => generateKeyPair()) as [
      Pair,
      Pair,
      Pair,
      Pair,
    ];
    await learn(keyOf(first));
    const refused = [
      [keyOf(evil)],
      [keyOf(evil, word(evil, evil))],
      [keyOf(second, word(second, first, "another"))],
      [keyOf(second, word(third, first))],
    ];
    for (const keys of refused) expect(await codeOf(learn(...keys))).toBe("publisher_key_changed");
    expect(await known()).toEqual([first.keyId]);
    // One that is vouched for vouches for the next, whatever their order.
    await learn(keyOf(third, word(third, second)), keyOf(second, word(second, first)));
    expect((await known()).toSorted()).toEqual([first, second, third].map(({ keyId }) => keyId).toSorted());
  });

  it("have the ids that they say", async () => {
    const [one, other] = [generateKeyPair(), generateKeyPair()];
    expect(await codeOf(learn(keyOf(one, { keyId: other.keyId })))).toBe("key_invalid");
    expect(await known()).toEqual([]);
  });

  it("are pinned once, when two are seen first at the same time", async () => {
    const [one, other] = [generateKeyPair(), generateKeyPair()];
    const both = await Promise.all([codeOf(learn(keyOf(one))), codeOf(learn(keyOf(other)))]);
    expect(both.toSorted()).toEqual([null, "publisher_key_changed"].toSorted());
    expect(await known()).toHaveLength(1);
  });

  it("vouch for nothing any more when they are compromised, and that is believed of whoever shows evil ones", async () => {
    const [first, next, evil] = [1, 2, 3].map(() => generateKeyPair()) as [Pair, Pair, Pair];
    await learn(keyOf(first));
    const leaked = keyOf(first, revoked("compromised"));
    expect(await codeOf(learn(leaked, keyOf(evil)))).toBe("publisher_key_changed");
    expect(await codeOf(learn(keyOf(next, word(next, first))))).toBe("publisher_key_changed");
  });

  it("are never given back what was taken from them", async () => {
    const pair = generateKeyPair();
    await learn(keyOf(pair, revoked("compromised")));
    for (const milder of [{}, revoked("superseded"), revoked("compromised", "2027-01-01T00:00:00Z")])
      await learn(keyOf(pair, milder));
    const [{ revoked: now } = { revoked: null }] = await domain.publisherKeys.of(publisher);
    expect(now).toEqual({ reason: "compromised", at: new Date(FEBRUARY) });
  });

  it("are accepted and forgotten by administrators of the deployment alone", async () => {
    const [lost, next] = [generateKeyPair(), generateKeyPair()];
    const accept = (by: Principal) =>
      domain.publisherKeys.accept(by, { publisher, publicKey: lost.publicKey });
    expect(await codeOf(accept(owner))).toBe("forbidden");
    await accept(boss);
    expect(await codeOf(accept(boss))).toBe("already_exists");
    expect(await codeOf(domain.publisherKeys.remove(owner, publisher))).toBe("forbidden");
    expect(await codeOf(learn(keyOf(next)))).toBe("publisher_key_changed");
    await domain.publisherKeys.remove(boss, publisher);
    await learn(keyOf(next));
    expect(await known()).toEqual([next.keyId]);
    expect(await codeOf(domain.publisherKeys.remove(boss, "nobody-at-all"))).toBe("publisher_unknown");
  });
});

describe("a package", () => {
  it("is signed as soon as somebody knows its key, and unsigned before", async () => {
    const pair = generateKeyPair();
    await install(named("later"), pair);
    expect(await trustIn("later")).toBe("unsigned");
    await learn(keyOf(pair));
    expect(await trustIn("later")).toBe("signed");
  });

  it("is not believed with the signature of another plugin, of another version, or by another key", async () => {
    const pair = generateKeyPair();
    await learn(keyOf(pair));
    const plugin = named("taken");
    for (const signature of [
      await signatureOf(named("other"), pair),
      await signatureOf(named("taken", { version: "1.0.1" }), pair),
      (await signatureOf(plugin, pair)).replace(/[A-Za-z](?=[^A-Za-z]*$)/, "0"),
    ]) {
      const version = await organization.bring(
        { ...plugin, manifest: { ...plugin.manifest, version: `1.0.${randomInt(1e9)}` } },
        { signature },
      );
      expect((await domain.trust.judge(version)).state).toBe("modified");
    }
  });

  it("does not start when its row says something else than was admitted", async () => {
    await organization.install(named("forged"), { isOn: false });
    const found = await domain.database.catalog.findVersion(organization.id, `${publisher}.forged`, "1.0.0");
    if (found === null) throw new Error("It is there.");
    const { createdAt: _, ...row } = found;
    const manifest = { ...found.manifest, permissions: { required: ["net.fetch" as const] } };
    await domain.database.catalog.amendVersion({ ...row, manifest, scriptDigest: "0".repeat(64) });
    expect(await trustIn("forged")).toBe("modified");
    await domain.configuration.putGrants(owner, slug, `${publisher}.forged`, ["net.fetch"]);
    expect(await codeOf(enable("forged"))).toBe("package_modified");
  });

  it("loses all trust with a key that is compromised: what runs ends, and starts no more", async () => {
    const pair = generateKeyPair();
    await learn(keyOf(pair));
    const { installation } = await install(running(`${publisher}.on`, "() => 1"), pair);
    await enable("on");
    await learn(keyOf(pair, revoked("compromised")));
    const view = async () => (await domain.installations.get(owner, slug, `${publisher}.on`)).installation;
    await expect.poll(view).toMatchObject({ state: "error", lastError: { code: "signature_revoked" } });
    expect(domain.runtime.instances().map((one) => one.installationId)).not.toContain(installation.id);
    expect(await codeOf(enable("on"))).toBe("signature_revoked");
    await bring(named("more"), pair);
    const more = domain.installer.install(owner, slug, { plugin: `${publisher}.more` });
    expect(await codeOf(more)).toBe("signature_revoked");
  });

  it("stays trusted with a key that was replaced later than it was signed, and only then", async () => {
    const pair = generateKeyPair();
    await learn(keyOf(pair));
    await install(named("before"), pair, "2026-01-31T00:00:00Z");
    await install(named("after"), pair, "2026-02-02T00:00:00Z");
    await learn(keyOf(pair, revoked("superseded")));
    expect([await trustIn("before"), await trustIn("after")]).toEqual(["signed", "revoked"]);
    expect([await codeOf(enable("before")), await codeOf(enable("after"))]).toEqual([
      null,
      "signature_revoked",
    ]);
  });
});

describe("a policy that wants signatures", () => {
  it("keeps out what has none, at installing, enabling and updating, and says what is there against it", async () => {
    const pair = generateKeyPair();
    await learn(keyOf(pair));
    await organization.install(named("bare"), { isOn: false });
    await install(named("good"), pair);
    await organization.bring(named("good", { version: "1.1.0" }));
    await organization.bring(named("bare-too"));
    const { violations } = await domain.policies.put(owner, slug, { signatures: "required" });
    expect(violations.map(({ plugin, rule }) => `${rule} ${plugin}`)).toEqual([
      `signatures ${publisher}.bare`,
    ]);
    owner = await organization.again(owner);
    for (const ask of [
      () => enable("bare"),
      () => domain.installer.install(owner, slug, { plugin: `${publisher}.bare-too` }),
      () => domain.versions.update(owner, slug, `${publisher}.good`, {}),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "policy_blocked", facts: { rule: "signatures" } });
    expect(await codeOf(enable("good"))).toBeNull();
  });
});
