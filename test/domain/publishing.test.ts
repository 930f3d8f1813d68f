import { endorseKey, generateKeyPair, readPrivateKey, signPackage } from "@patchbay/artifact";
import { type Principal, type RegistryCaller, RIGHTS } from "@patchbay/core";
import type { OsvDto } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PluginSource } from "../support/packages.ts";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { sourceOf } from "./support/plugins.ts";

type Pair = ReturnType<typeof generateKeyPair>;

let domain: Domain;
let organization: TestOrganization;
let registry: Domain["registry"];
let publisher: string;
let boss: RegistryCaller;
let ada: RegistryCaller;
let eve: RegistryCaller;

beforeAll(async () => {
  domain = await openDomain();
  registry = domain.registry;
  organization = await TestOrganization.create(domain);
  boss = asCaller(await organization.join("owner", {}, { deploymentAdmin: true }));
});
afterAll(() => domain.close());
/** A publisher of Ada's that the operator vouches for. */
beforeEach(async () => {
  ada = asCaller(await organization.join("member"));
  eve = asCaller(await organization.join("member"));
  publisher = `p${crypto.randomUUID().slice(0, 8)}`;
  await registry.publishers.create(principalOf(ada), { publisher, name: "Ada's" });
  await registry.publishers.prove(boss, publisher, { kind: "operator" });
});

const asCaller = (principal: Principal): RegistryCaller => ({ kind: "principal", principal });
const principalOf = (caller: RegistryCaller): Principal => {
  if (caller.kind === "principal") return caller.principal;
  throw new Error("This is a token.");
};
const tokenOf = async (by = ada) =>
  (await registry.publishers.createToken(by, publisher, { name: "ci", expiresAt: null })).token;
const named = (name: string, more?: Parameters<typeof sourceOf>[1]) => sourceOf(`${publisher}.${name}`, more);
const publish = async (source: PluginSource, by = ada, signedBy?: Pair) => {
  const path = await organization.fileOf(source);
  if (signedBy !== undefined) {
    const privateKey = readPrivateKey(signedBy.privateKeyPem);
    await signPackage({ input: path, output: path, privateKey, signedAt: domain.clock.now() });
  }
  return await registry.publishing.publish(by, path);
};
const versions = async (name: string) =>
  (await domain.database.registry.packages.listVersions(`${publisher}.${name}`)).map(
    (one) => one.manifest.version,
  );
/** Waits for a person: its code reaches for the network without asking for it. */
const held = (name: string, version = "1.0.0"): PluginSource => ({
  ...named(name, { version }),
  code: 'export default { tools: {} }; fetch("https://x.example");',
});

describe("a publisher", () => {
  it("is made by whoever comes first, but for the names of the operator", async () => {
    const make = (name: string, by = eve) =>
      codeOf(registry.publishers.create(principalOf(by), { publisher: name, name }));
    expect(await make(publisher)).toBe("already_exists");
    expect([await make("patchbay"), await make("patchbay", boss)]).toEqual(["forbidden", null]);
    const reader = await organization.keyOf(principalOf(eve), ["org.plugins.read"]);
    expect(await make(`${publisher}-too`, asCaller(reader))).toBe("forbidden");
  });

  it("publishes once it has proved who it is: by DNS, by its website, or by the operator's word", async () => {
    for (const [kind, place] of [
      ["dns", "_patchbay.acme.example"],
      ["well-known", "https://acme.example/.well-known/patchbay-publisher.txt"],
    ] as const) {
      publisher = `q${crypto.randomUUID().slice(0, 8)}`;
      const made = await registry.publishers.create(principalOf(ada), { publisher, name: "Ada's" });
      expect(await codeOf(publish(named("thing")))).toBe("publisher_unproven");
      const prove = (by = ada) =>
        codeOf(registry.publishers.prove(by, publisher, { kind, domain: "acme.example" }));
      const line = registry.publishers.proofLine(made);
      for (const lines of [[], [line.slice(0, -1)], [`${line} `.replace(publisher, "another")]]) {
        domain.websites.set(place, lines);
        expect(await prove()).toBe("proof_failed");
      }
      domain.websites.set(place, ["hello", ` ${line} `]);
      expect(await prove(eve)).toBe("forbidden");
      expect(await prove()).toBeNull();
      expect((await publish(named("thing"))).state).toBe("passed");
    }
    const vouch = (by: RegistryCaller) =>
      codeOf(registry.publishers.prove(by, publisher, { kind: "operator" }));
    expect([await vouch(ada), await vouch(boss)]).toEqual(["forbidden", null]);
    for (const name of ["127.0.0.1", "localhost", "UPPER.example", "a..example"])
      expect(await codeOf(registry.publishers.prove(ada, publisher, { kind: "dns", domain: name }))).toBe(
        "invalid_request",
      );
  });

  it("is acted for by its owner, by its tokens, and by the operator", async () => {
    const token = await registry.publishers.callerOfToken(await tokenOf());
    for (const [who, code] of [
      [ada, null],
      [token, null],
      [boss, null],
      [eve, "forbidden"],
    ] as const)
      expect(await codeOf(registry.publishers.authorize(who, publisher))).toBe(code);
    const other = await tokenOf();
    publisher = `q${crypto.randomUUID().slice(0, 8)}`;
    await registry.publishers.create(principalOf(eve), { publisher, name: "Eve's" });
    const foreign = await registry.publishers.callerOfToken(other);
    expect(await codeOf(publish(named("thing"), foreign))).toBe("forbidden");
  });
});

describe("a publisher's token", () => {
  it("publishes, and makes nothing that would outlast it", async () => {
    const token = await registry.publishers.callerOfToken(await tokenOf());
    expect((await publish(named("thing"), token)).state).toBe("passed");
    for (const ask of [
      () => registry.publishers.createToken(token, publisher, { name: "more", expiresAt: null }),
      () => registry.publishers.listTokens(token, publisher),
      () => registry.publishers.addKey(token, publisher, { publicKey: generateKeyPair().publicKey }),
      () => registry.publishers.prove(token, publisher, { kind: "dns", domain: "acme.example" }),
    ])
      expect(await codeOf(ask())).toBe("forbidden");
  });

  it("ends at its time, when it is deleted, and with the key that made it", async () => {
    const soon = new Date(domain.clock.now().getTime() + 60_000);
    const { token: short } = await registry.publishers.createToken(ada, publisher, {
      name: "s",
      expiresAt: soon,
    });
    const { token: gone, created } = await registry.publishers.createToken(ada, publisher, {
      name: "g",
      expiresAt: null,
    });
    const key = await organization.keyOf(principalOf(boss), RIGHTS, soon);
    const byKey = await registry.publishers.createToken(asCaller(key), publisher, {
      name: "k",
      expiresAt: null,
    });
    expect(byKey.created.expiresAt).toEqual(soon);
    const lives = (token: string) => codeOf(registry.publishers.callerOfToken(token));
    expect(await lives(gone)).toBeNull();
    await registry.publishers.deleteToken(ada, publisher, created.id);
    await domain.apiKeys.delete(principalOf(boss), organization.slug, key.key?.id ?? "");
    expect([await lives(gone), await lives(byKey.token), await lives(short)]).toEqual([
      "unauthenticated",
      "unauthenticated",
      null,
    ]);
    domain.clock.pass(60_001);
    expect(await lives(short)).toBe("unauthenticated");
    expect(await codeOf(registry.publishers.deleteToken(ada, publisher, created.id))).toBe("not_found");
  });
});

describe("the tokens of a publisher", () => {
  it("are so many, also when several are made at the same time", async () => {
    for (let one = 0; one < 48; one += 1) await tokenOf();
    const codes = await Promise.all([1, 2, 3, 4].map(() => codeOf(tokenOf())));
    expect(codes.filter((code) => code === null)).toHaveLength(2);
    expect(await registry.publishers.listTokens(ada, publisher)).toHaveLength(50);
  });
});

describe("the keys of a publisher in the registry", () => {
  const addKey = (pair: Pair, by?: Pair, caller = ada) =>
    registry.publishers.addKey(caller, publisher, {
      publicKey: pair.publicKey,
      ...(by && { endorsement: endorseKey(publisher, pair, readPrivateKey(by.privateKeyPem)) }),
    });

  it("need the word of one that counts, but for the first", async () => {
    const [first, second, foreign] = [1, 2, 3].map(() => generateKeyPair()) as [Pair, Pair, Pair];
    await addKey(first);
    expect(await codeOf(addKey(second))).toBe("publisher_key_changed");
    expect(await codeOf(addKey(second, foreign))).toBe("publisher_key_changed");
    await addKey(second, first);
    await registry.publishers.revokeKey(ada, publisher, second.keyId, "compromised");
    expect(await codeOf(addKey(foreign, second))).toBe("publisher_key_changed");
    expect(await codeOf(addKey(first))).not.toBeNull();
  });

  it("begin anew on the operator's word alone, once none is left that counts", async () => {
    const [first, fresh] = [generateKeyPair(), generateKeyPair()];
    await addKey(first);
    expect(await codeOf(addKey(fresh, undefined, boss))).toBe("publisher_key_changed");
    await registry.publishers.revokeKey(ada, publisher, first.keyId, "superseded");
    expect(await codeOf(addKey(fresh))).toBe("publisher_key_changed");
    expect(await codeOf(addKey(fresh, undefined, boss))).toBeNull();
  });

  it("begin once, when two come first at the same time", async () => {
    const pairs = [1, 2, 3].map(() => generateKeyPair());
    const codes = await Promise.all(pairs.map((pair) => codeOf(addKey(pair))));
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(await registry.publishers.listKeys(publisher)).toHaveLength(1);
  });

  it("are what its packages are signed with from then on", async () => {
    const [own, foreign] = [generateKeyPair(), generateKeyPair()];
    expect((await publish(named("box"))).state).toBe("passed");
    await addKey(own);
    const next = named("box", { version: "1.1.0" });
    expect((await publish(next)).state).toBe("rejected");
    expect((await publish(next, ada, foreign)).state).toBe("rejected");
    expect((await publish(next, ada, own)).state).toBe("passed");
    await registry.publishers.revokeKey(ada, publisher, own.keyId, "compromised");
    expect((await publish(named("box", { version: "1.2.0" }), ada, own)).state).toBe("rejected");
  });
});

describe("a version in the registry", () => {
  it("is what it is: the same bytes come to the same, others need another version", async () => {
    await publish(named("fixed"));
    expect((await publish(named("fixed"))).submission).toBeNull();
    const other = { ...named("fixed"), code: "export default { tools: {} };" };
    expect(await codeOf(publish(other))).toBe("version_exists");
    expect(await versions("fixed")).toEqual(["1.0.0"]);
  });

  it("is one of several that come at the same time", async () => {
    const bodies = ["export default {};", "export default { tools: {} };"];
    const codes = await Promise.all(bodies.map((code) => codeOf(publish({ ...named("race"), code }))));
    expect(codes.toSorted()).toEqual([null, "version_exists"].toSorted());
    expect(await versions("race")).toEqual(["1.0.0"]);
  });

  it("is not there when a check rejects it, and the reasons hold no secret", async () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const leaky = { ...named("leaky"), files: { "src/config.txt": `first\ntoken = ${secret}\n` } };
    const { state, findings } = await publish(leaky);
    expect(state).toBe("rejected");
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "secrets", level: "error", file: "src/config.txt", line: 2 }),
    );
    expect(JSON.stringify(findings)).not.toContain(secret);
    expect(await versions("leaky")).toEqual([]);
  });

  it("waits where a person has to look, who decides once", async () => {
    const { state, submission } = await publish(held("sneaky"));
    const id = submission?.id ?? "";
    expect([state, await versions("sneaky")]).toEqual(["quarantined", []]);
    expect((await publish(held("sneaky"))).submission?.id).toBe(id);
    expect(await codeOf(registry.publishing.release(ada, id))).toBe("forbidden");
    const decided = await Promise.all([
      codeOf(registry.publishing.release(boss, id)),
      codeOf(registry.publishing.reject(boss, id, "Why does it?")),
    ]);
    expect(decided.toSorted()).toEqual([null, "submission_decided"].toSorted());
    expect(await versions("sneaky")).toHaveLength(decided[0] === null ? 1 : 0);
    expect(await codeOf(registry.publishing.release(boss, "999999"))).toBe("submission_not_found");
  });

  it("is not released over one that was published meanwhile", async () => {
    const { submission } = await publish(held("late"));
    await publish(named("late"));
    expect(await codeOf(registry.publishing.release(boss, submission?.id ?? ""))).toBe("version_exists");
    expect((await registry.publishing.held(boss, submission?.id ?? "")).manifest.version).toBe("1.0.0");
  });

  it("is shown to its publisher and to the operator while it waits, and to nobody else", async () => {
    await publish(held("shown"));
    const seen = (who: RegistryCaller, query: object) =>
      codeOf(registry.publishing.submissions(who, { limit: 5, ...query }));
    expect([await seen(ada, { publisher }), await seen(eve, { publisher })]).toEqual([null, "forbidden"]);
    expect([await seen(ada, {}), await seen(boss, {})]).toEqual(["forbidden", null]);
  });

  it("is yanked, deprecated and badged by those whose it is to do", async () => {
    const id = `${publisher}.kept`;
    await publish(named("kept"));
    const { moderation } = registry;
    const deprecate = (by: RegistryCaller, successor?: string) =>
      codeOf(moderation.deprecate(by, id, { message: "Old.", ...(successor && { successor }) }));
    expect([await deprecate(eve), await deprecate(ada, id), await deprecate(ada)]).toEqual([
      "forbidden",
      "invalid_request",
      null,
    ]);
    const yank = (by: RegistryCaller, version: string) => codeOf(moderation.yank(by, id, version, "Broken."));
    expect([await yank(eve, "1.0.0"), await yank(ada, "9.0.0"), await yank(ada, "1.0.0")]).toEqual([
      "forbidden",
      "package_not_found",
      null,
    ]);
    expect(await codeOf(moderation.setBadge(ada, id, "official"))).toBe("forbidden");
    expect(await codeOf(moderation.setBadge(boss, id, "partner"))).toBeNull();
    expect(await codeOf(moderation.setBadge(boss, `${publisher}.gone`, "partner"))).toBe("package_not_found");
    expect(await domain.database.registry.packages.find(id)).toMatchObject({
      badge: "partner",
      deprecated: { message: "Old." },
    });
  });
});

describe("notices of the registry", () => {
  const advisory = (id: string, plugin: string): OsvDto => ({
    id,
    modified: "2026-01-01T00:00:00Z",
    affected: [{ package: { ecosystem: "Patchbay", name: plugin }, versions: ["1.0.0"] }],
  });

  it("are advisories of publishers about their own packages, which others do not change", async () => {
    const id = `${publisher}-1`;
    const own = advisory(id, `${publisher}.thing`);
    expect(await codeOf(registry.notices.putAdvisory(eve, id, own))).toBe("forbidden");
    await registry.notices.putAdvisory(ada, id, own);
    await registry.publishers.create(principalOf(eve), { publisher: `${publisher}-eve`, name: "Eve's" });
    await registry.publishers.prove(boss, `${publisher}-eve`, { kind: "operator" });
    // Under an id that is another publisher's, neither about that one's packages nor about their own.
    const taken = advisory(id, `${publisher}-eve.thing`);
    expect(await codeOf(registry.notices.putAdvisory(eve, id, taken))).toBe("forbidden");
    expect(await codeOf(registry.notices.withdrawAdvisory(eve, id))).toBe("forbidden");
    expect((await registry.notices.withdrawAdvisory(ada, id)).withdrawn).toBeDefined();
    expect(await codeOf(registry.notices.putAdvisory(ada, "other-id", own))).toBe("invalid_request");
    expect(await codeOf(registry.notices.withdrawAdvisory(ada, "no-such"))).toBe("advisory_not_found");
  });

  it("are blocks of the operator's, of ranges that mean something", async () => {
    const block = (by: RegistryCaller, ranges: string) =>
      codeOf(
        registry.notices.block(by, { plugin: `${publisher}.bad`, versions: ranges, reason: "It steals." }),
      );
    expect([await block(ada, "*"), await block(boss, "some"), await block(boss, "<2.0.0")]).toEqual([
      "forbidden",
      "invalid_request",
      null,
    ]);
    const unblock = (by: RegistryCaller) =>
      codeOf(registry.notices.unblock(by, `${publisher}.bad`, "<2.0.0"));
    expect([await unblock(ada), await unblock(boss), await unblock(boss)]).toEqual([
      "forbidden",
      null,
      "not_found",
    ]);
  });
});
