import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPackage } from "../reader.ts";
import { temporaryFolder } from "../testing/temporary-files.ts";
import { MANIFEST } from "../testing/zip-crafter.ts";
import { type PackageFile, writePackage } from "../writer.ts";
import { contentDigest, digestsOf } from "./digests.ts";
import { endorseKey, verifyKeyEndorsement } from "./endorsement.ts";
import { parseSignature, signStatement, verifySignature } from "./envelope.ts";
import {
  decodePublicKey,
  describePublicKey,
  generateKeyPair,
  keyIdOf,
  readPrivateKey,
  readPublicKey,
} from "./keys.ts";
import { readSignature, requireAsSigned, signPackage } from "./signed-package.ts";

const folder = temporaryFolder();
const pair = generateKeyPair();
const privateKey = readPrivateKey(pair.privateKeyPem);
const publicKey = readPublicKey(pair.publicKeyPem);
const signedAt = new Date("2026-01-31T12:00:00Z");
const at = (name: string) => join(folder.path, name);
const files: readonly PackageFile[] = [
  { path: "plugin.json", content: JSON.stringify(MANIFEST) },
  { path: "dist/plugin.js", content: "export default {}" },
];
const thrown = async (action: () => unknown): Promise<unknown> => {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return undefined;
};

const writeSigned = async (name: string, some: readonly PackageFile[] = files): Promise<string> => {
  await writePackage({ files: some, output: at(`plain-${name}`) });
  await signPackage({ input: at(`plain-${name}`), output: at(name), privateKey, signedAt });
  return at(name);
};
const check = async (path: string) => {
  await using packageFile = await readPackage(path);
  const signature = await readSignature(packageFile);
  if (signature === null) return null;
  requireAsSigned(packageFile, await digestsOf(packageFile), signature);
  return { signature, content: contentDigest(await digestsOf(packageFile)) };
};

test("a signed package is whole, by the key that signed it and no other", async () => {
  const found = await check(await writeSigned("signed.zip"));
  expect(found?.signature.statement).toMatchObject({
    plugin: "acme.crafted",
    version: "1.0.0",
    signedAt: "2026-01-31T12:00:00.000Z",
  });
  expect(found?.signature.keyId).toBe(pair.keyId);
  expect(found && verifySignature(found.signature, publicKey)).toBe(true);
  const other = readPublicKey(generateKeyPair().publicKeyPem);
  expect(found && verifySignature(found.signature, other)).toBe(false);
  expect(found && verifySignature({ ...found.signature, keyId: keyIdOf(other) }, other)).toBe(false);
});

test("signing again gives the same bytes, and does not change what the content's digest is", async () => {
  const first = await writeSigned("first.zip");
  await signPackage({ input: first, output: at("again.zip"), privateKey, signedAt });
  expect(await readFile(at("again.zip"))).toEqual(await readFile(first));
  await using plain = await readPackage(at("plain-first.zip"));
  expect((await check(first))?.content).toBe(contentDigest(await digestsOf(plain)));
  expect(await readSignature(plain)).toBeNull();
});

test("a file that was changed, added, renamed or taken out after signing is named", async () => {
  await using signed = await readPackage(await writeSigned("whole.zip"));
  const signature = { path: "signature.json", content: await signed.readEntry("signature.json") };
  const repack = async (some: readonly PackageFile[]) => {
    await writePackage({ files: [...some, signature], output: at("repacked.zip") });
    return await thrown(() => check(at("repacked.zip")));
  };
  const [manifest, code] = files as [PackageFile, PackageFile];
  const changed = { path: "dist/plugin.js", content: "export default { }" };
  const refused = (entry: string) => ({ code: "package_modified", facts: { entry } });
  expect(await repack([manifest, changed])).toMatchObject(refused("dist/plugin.js"));
  expect(await repack([manifest])).toMatchObject(refused("dist/plugin.js"));
  expect(await repack([manifest, code, { path: "more.js", content: "" }])).toMatchObject(refused("more.js"));
  expect(await repack([manifest, { ...code, path: "dist/Plugin2.js" }])).toMatchObject(
    refused("dist/plugin.js"),
  );
  const next = { path: "plugin.json", content: JSON.stringify({ ...MANIFEST, version: "1.0.1" }) };
  expect(await repack([next, code])).toMatchObject({ code: "signature_mismatch" });
  expect(await repack([manifest, code])).toBeUndefined();
});

test("paths that objects have by themselves are covered like all others", async () => {
  const odd = ["__proto__", "constructor", "toString"].map((path) => ({ path, content: path }));
  const found = await check(await writeSigned("odd.zip", [...files, ...odd]));
  expect([...(found?.signature.statement.files.keys() ?? [])]).toEqual(
    expect.arrayContaining(["__proto__", "constructor", "toString"]),
  );
});

const statement = {
  plugin: "acme.crafted",
  version: "1.0.0",
  signedAt: signedAt.toISOString(),
  files: new Map([["plugin.json", "0".repeat(64)]]),
};
const envelope = signStatement(statement, privateKey);
type Envelope = { payloadType: string; payload: string; signatures: { keyid: string; sig: string }[] };
const altered = (change: (value: Envelope) => unknown) => {
  const value = JSON.parse(envelope) as Envelope;
  return Buffer.from(JSON.stringify(change(value) ?? value));
};
const withPayload = (payload: unknown) =>
  altered((value) => ({ ...value, payload: Buffer.from(JSON.stringify(payload)).toString("base64") }));
const plain = { ...statement, files: { "plugin.json": "0".repeat(64) } };

test.each([
  ["no JSON", Buffer.from("{")],
  ["no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ["a byte order mark", Buffer.from(`\ufeff${envelope}`)],
  ["a list", Buffer.from("[]")],
  ["an unknown field", altered((value) => ({ ...value, more: 1 }))],
  ["another payload type", altered((value) => ({ ...value, payloadType: "text/plain" }))],
  ["no signature", altered((value) => ({ ...value, signatures: [] }))],
  [
    "two signatures",
    altered((value) => ({ ...value, signatures: [...value.signatures, ...value.signatures] })),
  ],
  [
    "an unknown field of the signature",
    altered((value) => ({ ...value, signatures: [{ ...value.signatures[0], x: 1 }] })),
  ],
  ["a key id in capitals", Buffer.from(envelope.replace(pair.keyId, pair.keyId.toUpperCase()))],
  ["base64 for the web", altered((value) => ({ ...value, payload: `${value.payload.slice(0, -4)}-_==` }))],
  ["base64 with a line break", altered((value) => ({ ...value, payload: `${value.payload}\n` }))],
  [
    "a signature that is too short",
    altered((value) => ({ ...value, signatures: [{ ...value.signatures[0], sig: "AAAA" }] })),
  ],
  ["a payload with an unknown field", withPayload({ ...plain, more: 1 })],
  ["a payload without files", withPayload({ ...plain, files: {} })],
  ["a payload with a short digest", withPayload({ ...plain, files: { "plugin.json": "00" } })],
  ["a payload with another time", withPayload({ ...plain, signedAt: "yesterday" })],
  ["a payload with an impossible time", withPayload({ ...plain, signedAt: "2026-13-31T12:00:00Z" })],
  ["a payload that is null", withPayload(null)],
])("refuses %s", async (_, bytes) => {
  expect(await thrown(() => parseSignature(bytes))).toMatchObject({ code: "signature_invalid" });
});

/** Reads and holds it against the key: whatever comes, an answer or a refusal, and true only for what was signed. */
const survive = (bytes: Uint8Array): void => {
  try {
    const found = parseSignature(bytes);
    if (!verifySignature(found, publicKey)) return;
    expect(found.statement).toEqual(statement);
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.code !== "signature_invalid") throw error;
  }
};

test("random bytes and random JSON are refused, never more", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), survive), { numRuns: 500 });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => survive(Buffer.from(JSON.stringify(value)))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => survive(withPayload(value))),
    { numRuns: 500 },
  );
});

test("an envelope with any field replaced by anything is refused, or says what was signed", () => {
  const field = fc.constantFrom("payloadType", "payload", "signatures", "keyid", "sig");
  fc.assert(
    fc.property(field, fc.oneof(fc.jsonValue(), fc.base64String()), (name, value) =>
      survive(
        altered((whole) =>
          name === "keyid" || name === "sig"
            ? { ...whole, signatures: [{ ...whole.signatures[0], [name]: value }] }
            : { ...whole, [name]: value },
        ),
      ),
    ),
    { numRuns: 1_000 },
  );
});

test("no flipped bit of an envelope is taken for what was signed unless it says the same", () => {
  const bytes = Buffer.from(envelope);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    survive(flipped);
  }
});

test("keys are read from their files, encrypted or not, and nothing else is", async () => {
  const locked = generateKeyPair("open sesame");
  expect(keyIdOf(readPrivateKey(locked.privateKeyPem, "open sesame"))).toBe(locked.keyId);
  expect(locked.privateKeyPem).toContain("ENCRYPTED");
  expect(describePublicKey(decodePublicKey(pair.publicKey))).toEqual({
    keyId: pair.keyId,
    publicKey: pair.publicKey,
  });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const rsaPem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  for (const read of [
    () => readPrivateKey(locked.privateKeyPem),
    () => readPrivateKey(locked.privateKeyPem, "wrong"),
    () => readPrivateKey("nothing"),
    () => readPrivateKey(rsaPem),
    () => readPublicKey(rsaPem),
    () => decodePublicKey(rsa.publicKey.export({ type: "spki", format: "der" }).toString("base64")),
    () => decodePublicKey(pair.publicKey.slice(4)),
    () => decodePublicKey("!"),
  ])
    expect(await thrown(read)).toMatchObject({ code: "key_invalid" });
});

test("whatever is taken for a public key is one, or refused", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.base64String(), fc.base64String({ minLength: 60, maxLength: 60 })),
      (text) => {
        try {
          decodePublicKey(text);
        } catch (error) {
          if (!(error instanceof PatchbayError)) throw error;
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a key vouches for one key of one publisher", () => {
  const next = generateKeyPair();
  const word = endorseKey("acme", next, privateKey);
  const holds = (publisher: string, keyId: string, key = publicKey, said = word) =>
    verifyKeyEndorsement(publisher, keyId, said, key);
  expect(holds("acme", next.keyId)).toBe(true);
  expect(holds("acme2", next.keyId)).toBe(false);
  expect(holds("acme", pair.keyId)).toBe(false);
  expect(holds("acme", next.keyId, readPublicKey(next.publicKeyPem))).toBe(false);
  expect(holds("acme", next.keyId, publicKey, { ...word, signature: "AAAA" })).toBe(false);
});
