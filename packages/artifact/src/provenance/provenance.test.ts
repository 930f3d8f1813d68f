import { createHash } from "node:crypto";
import { join } from "node:path";
import { PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { readPackage } from "../reader.ts";
import { contentDigest, digestsOf } from "../signature/digests.ts";
import { generateKeyPair, readPrivateKey } from "../signature/keys.ts";
import { readSignature, requireAsSigned, signPackage } from "../signature/signed-package.ts";
import publicBundle from "../testing/public-bundle.json" with { type: "json" };
import {
  attest,
  BUILDER,
  newInstance,
  type SigstoreInstance,
  SOURCE,
  statement,
} from "../testing/sigstore-instance.ts";
import { temporaryFolder } from "../testing/temporary-files.ts";
import { MANIFEST } from "../testing/zip-crafter.ts";
import { writePackage } from "../writer.ts";
import { readProvenance, verifyProvenance } from "./provenance.ts";

const CONTENT = createHash("sha256").update("content").digest("hex");
const folder = temporaryFolder();
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

let instance: SigstoreInstance;
let good: Buffer;
beforeAll(async () => {
  instance = await newInstance();
  good = bytesOf(await attest(instance, statement(CONTENT)));
});
const check = (bytes: Uint8Array, root = instance.root) => verifyProvenance(bytes, CONTENT, root);
const refused = (because: string) =>
  expect.objectContaining({ code: "provenance_invalid", message: expect.stringContaining(because) });

test("tells where a package was built, as certificate and log prove it", async () => {
  expect(await check(good)).toEqual({ source: SOURCE, builder: BUILDER });
});

test("believes a bundle of the public instance, without a network, until any part of it is changed", async () => {
  // npm's own attestation of its package sigstore 3.1.0: a real one, which only is about another content.
  const builder = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
  const real = JSON.stringify(publicBundle);
  await expect(verifyProvenance(Buffer.from(real), CONTENT)).rejects.toEqual(
    refused(`What ${builder} states is not about the content`),
  );
  const parts = [
    ...real.matchAll(
      /"(?:rawBytes|sig|payload|signedEntryTimestamp|canonicalizedBody|envelope)":"|"hashes":\["/g,
    ),
  ];
  expect(parts).toHaveLength(7);
  for (const { 0: name, index } of parts) {
    const at = index + name.length + 40;
    const changed = Buffer.from(real);
    changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
    await expect(verifyProvenance(changed, CONTENT), name).rejects.toEqual(refused("does not hold"));
  }
});

test("travels in the package that it is about, whether before or after signing", async () => {
  const plain = join(folder.path, "plain.zip");
  const signed = join(folder.path, "signed.zip");
  await writePackage({ files: [{ path: "plugin.json", content: JSON.stringify(MANIFEST) }], output: plain });
  await using before = await readPackage(plain);
  expect(await readProvenance(before)).toBeNull();
  const content = contentDigest(await digestsOf(before));
  const provenance = bytesOf(await attest(instance, statement(content)));
  const privateKey = readPrivateKey(generateKeyPair().privateKeyPem);
  const signedAt = new Date();
  await signPackage({ input: plain, output: signed, privateKey, signedAt, provenance });
  await signPackage({ input: signed, output: signed, privateKey, signedAt });
  await using after = await readPackage(signed);
  const digests = await digestsOf(after);
  const signature = await readSignature(after);
  if (signature === null) throw new Error("It has not been signed.");
  requireAsSigned(after, digests, signature);
  const carried = (await readProvenance(after)) ?? Buffer.alloc(0);
  const proven = await verifyProvenance(carried, contentDigest(digests), instance.root);
  expect(proven).toEqual({ source: SOURCE, builder: BUILDER });
});

test("proves nothing of other content, or of something that is no build", async () => {
  const other = bytesOf(await attest(instance, statement("0".repeat(64))));
  await expect(check(other)).rejects.toEqual(refused(`What ${BUILDER} states is not about the content`));
  const opinion = statement(CONTENT, { predicateType: "https://example.org/opinion" });
  await expect(check(bytesOf(await attest(instance, opinion)))).rejects.toEqual(
    refused("not one of a build"),
  );
  const note = await attest(instance, { note: "trust me" });
  await expect(check(bytesOf(note))).rejects.toEqual(refused("not an in-toto statement"));
  const text = await attest(instance, statement(CONTENT), { payloadType: "text/plain" });
  await expect(check(bytesOf(text))).rejects.toEqual(refused("not an in-toto statement"));
  const nowhere = await attest(instance, statement(CONTENT), { source: null });
  await expect(check(bytesOf(nowhere))).rejects.toEqual(refused("the repository"));
});

test("believes no other authority or log than those of its root", async () => {
  const stranger = await newInstance();
  await expect(check(good, stranger.root)).rejects.toEqual(refused("does not hold"));
  await expect(verifyProvenance(good, CONTENT)).rejects.toEqual(refused("does not hold"));
  const half = { ca: instance.ca, tlog: stranger.tlog, root: "" };
  await expect(check(bytesOf(await attest(half, statement(CONTENT))))).rejects.toEqual(
    refused("does not hold"),
  );
});

test("a bundle that was changed, or is none, is refused and never more", async () => {
  const bundle = JSON.parse(good.toString());
  const payload = bytesOf(statement(CONTENT, { predicate: { more: 1 } })).toString("base64");
  const forged = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } };
  await expect(check(bytesOf(forged))).rejects.toEqual(refused("does not hold"));
  const unlogged = { ...bundle.verificationMaterial, tlogEntries: [] };
  await expect(check(bytesOf({ ...bundle, verificationMaterial: unlogged }))).rejects.toEqual(
    refused("does not hold"),
  );
  const survive = async (bytes: Uint8Array) => {
    try {
      expect(await check(bytes)).toEqual({ source: SOURCE, builder: BUILDER });
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== "provenance_invalid") throw error;
    }
  };
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), survive), { numRuns: 100 });
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => await survive(bytesOf(value))),
    { numRuns: 100 },
  );
  const places = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 32, max: 126 })), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(places, async (changes) => {
      const bytes = Buffer.from(good);
      for (const [index, value] of changes) bytes[index] = value;
      await survive(bytes);
    }),
    { numRuns: 300 },
  );
});
