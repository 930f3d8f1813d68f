import { createPrivateKey, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair, readPackage, signPackage, writePackage } from "@patchbay/artifact";
import { COMING_PERMISSIONS, HOST_METHODS, type PublisherKeyDto } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckedPackage } from "./check.ts";
import { outcomeOf, runChecks } from "./pipeline.ts";
import { editsWithin, folded } from "./similar-names.ts";

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const KEY = generateKeyPair();
const AT = "2026-01-01T00:00:00.000Z";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-checks-"));
});
afterAll(async () => await rm(folder, { recursive: true }));

interface Given extends Partial<Omit<CheckedPackage, "packageFile">> {
  readonly manifest?: Record<string, unknown>;
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly isSigned?: boolean;
}

/** What the checks have to say of a package with this in it, as `level check: message`. */
const findingsOf = async ({ manifest = {}, files = {}, isSigned = false, ...given }: Given) => {
  const path = join(folder, `${randomUUID()}.zip`);
  const content = JSON.stringify({
    id: "acme.maps",
    name: "Maps",
    version: "1.0.0",
    description: "Draws maps.",
    license: "MIT",
    author: { name: "Acme" },
    category: "ui",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    ...manifest,
  });
  const all = { "plugin.json": content, "plugin.js": "export default {};", "README.md": "# Maps", ...files };
  await writePackage({
    files: Object.entries(all).map(([name, file]) => ({ path: name, content: file })),
    output: path,
  });
  const privateKey = createPrivateKey(KEY.privateKeyPem);
  if (isSigned) await signPackage({ input: path, output: path, privateKey, signedAt: new Date(AT) });
  await using packageFile = await readPackage(path);
  const checked = {
    script: "",
    uiBundle: null,
    publisher: "acme",
    keys: [],
    isNew: true,
    isRenamed: false,
    popular: [],
    ...given,
  };
  return await runChecks({ ...checked, packageFile }, LOG);
};
const faultsOf = async (given: Given) =>
  (await findingsOf(given))
    .filter(({ level }) => level !== "warning")
    .map(({ check, level }) => `${level} ${check}`);

describe("secrets", () => {
  const random = "Ab3".repeat(20);
  it.each([
    ["a private key", `-----BEGIN PRIVATE KEY-----\n${random}\n-----END PRIVATE KEY-----`],
    ["a private key in a string", JSON.stringify(`-----BEGIN RSA PRIVATE KEY-----\n${random}`)],
    ["AWS", `AKIA${"A2B3".repeat(4)}`],
    ["GitHub", `ghp_${random.slice(0, 36)}`],
    ["Slack", `xoxb-1234567890-${random.slice(0, 24)}`],
    ["npm", `npm_${random.slice(0, 36)}`],
    ["Patchbay", `pb_${random.slice(0, 43)}`],
    ["a publisher's token", `pbp_${random.slice(0, 43)}`],
  ])("of %s are found with their line, and not told", async (_what, secret) => {
    const findings = await findingsOf({ files: { "lib/a.js": `// one\nconst x = ${secret};` } });
    const [found] = findings.filter(({ check }) => check === "secrets");
    expect(found).toMatchObject({ level: "error", file: "lib/a.js", line: 2 });
    expect(JSON.stringify(findings)).not.toContain(random.slice(0, 16));
  });

  it("are files that hold them, and no examples of those", async () => {
    for (const name of [".env", "config/.env.production", ".npmrc", "keys/id_ed25519", "cert.p12"])
      expect(await faultsOf({ files: { [name]: "x" } }), name).toContain("error secrets");
    for (const name of [".env.example", "docs/environment.md", "id_rsa.pub"])
      expect(await faultsOf({ files: { [name]: "x" } }), name).toEqual([]);
  });

  it("take no time to look for in text that is made to be slow", async () => {
    const hostile = `${"-----BEGIN PRIVATE KEY-----".repeat(20_000)}${"xoxb-".repeat(100_000)}${"A".repeat(2_000_000)}`;
    const begin = performance.now();
    await findingsOf({ files: { "a.txt": hostile } });
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

describe("names", () => {
  const popular = [
    { plugin: "globex.telescope", name: "Telescope", installs: 9_000, badge: "community" as const },
  ];
  it.each([
    ["gl0bex.telescope", "Other"],
    ["globexx.telescope", "Other"],
    ["acme.stars", "Te1escope"],
    ["acme.stars", "Теlеscоре"],
    ["acme.stars", "Telescpoe"],
  ])("like %s (%s) are held back when they come near a well known one", async (id, name) => {
    const publisher = id.split(".")[0] ?? "";
    expect(await faultsOf({ manifest: { id, name }, publisher, popular })).toEqual(["review similar-names"]);
    expect(await faultsOf({ manifest: { id, name }, publisher, popular, isNew: false })).toEqual([]);
  });

  it("of their own kind pass", async () => {
    for (const name of ["Microscope", "Telephone", "Maps"])
      expect(await faultsOf({ manifest: { name }, popular }), name).toEqual([]);
  });

  it("are compared as they look, with swapped letters as one edit", () => {
    expect(folded("Ｐａｙｐａｌ")).toBe(folded("paypa1"));
    expect(folded("rnodern")).toBe(folded("modern"));
    expect(editsWithin("weather", "waether", 1)).toBe(true);
    expect(editsWithin("weather", "whether", 1)).toBe(false);
    expect(editsWithin("abc", "abcdef", 2)).toBe(false);
    expect(editsWithin("", "", 0)).toBe(true);
  });
});

describe("permissions", () => {
  it("that the code uses must be declared, and those that are declared should be used", async () => {
    const script =
      'const e = await fetch("https://x.example"); t.storage.set("a", 1); r.prefetch(2); o.fetch(1)';
    const findings = await findingsOf({ script });
    const texts = findings.filter(({ check }) => check === "permissions").map(({ message }) => message);
    expect(texts).toHaveLength(2);
    expect(texts.join(" ")).toMatch(/net\.fetch.*storage\.scoped/);
    const permissions = {
      required: [{ name: "net.fetch", hosts: ["x.example"] }],
      optional: ["storage.scoped"],
    };
    expect(await faultsOf({ script, manifest: { permissions } })).toEqual([]);
    expect((await findingsOf({ manifest: { permissions } })).map(({ level }) => level)).toContain("warning");
  });

  it.each(Object.entries(HOST_METHODS))("are missed where code calls %s", async (method, { permission }) => {
    const script = method === "fetch" ? "globalThis.fetch(a)" : `const b = a.${method} (1)`;
    const message = `The code seems to use ${permission}`;
    expect((await findingsOf({ script })).map((one) => one.message.slice(0, message.length))).toContain(
      message,
    );
  });

  it("that are yet to come are neither missed nor called superfluous", async () => {
    const permissions = { optional: [COMING_PERMISSIONS[0]] };
    const script = `api.${COMING_PERMISSIONS[0]}({})`;
    expect(await findingsOf({ script, manifest: { permissions } })).toEqual(await findingsOf({}));
  });
});

describe("signatures", () => {
  const key: PublisherKeyDto = { keyId: KEY.keyId, publicKey: KEY.publicKey, createdAt: AT };
  it("are needed once the publisher has a key, and must be by one in use", async () => {
    expect(await faultsOf({})).toEqual([]);
    expect(await faultsOf({ keys: [key] })).toEqual(["error signature"]);
    expect(await faultsOf({ keys: [key], isSigned: true })).toEqual([]);
    expect(await faultsOf({ isSigned: true })).toEqual(["error signature"]);
    const revoked = { ...key, revoked: { at: AT, reason: "superseded" as const } };
    expect(await faultsOf({ keys: [revoked], isSigned: true })).toEqual(["error signature"]);
    expect(await faultsOf({ keys: [revoked] })).toEqual(["error signature"]);
    expect(await faultsOf({ files: { "signature.json": "{}" }, keys: [key] })).toEqual(["error signature"]);
  });
});

it("holds back programs and foreign ids, and what a failing check could not look at", async () => {
  const program = Buffer.concat([Buffer.from("7f454c46", "hex"), Buffer.alloc(500)]);
  expect(await faultsOf({ files: { "bin/tool": program } })).toEqual(["review package-rules"]);
  expect(await faultsOf({ publisher: "globex" })).toEqual(["error package-rules"]);
  const broken = {
    name: "broken",
    run: () => {
      throw new Error("no");
    },
  };
  const findings = await runChecks({ packageFile: { manifest: {} } } as unknown as CheckedPackage, LOG, [
    broken,
  ]);
  expect(findings).toMatchObject([{ check: "broken", level: "review" }]);
  expect(outcomeOf(findings)).toBe("quarantined");
  expect(outcomeOf([])).toBe("passed");
});
