import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  contentDigest,
  describePublicKey,
  digestsOf,
  endorseKey,
  generateKeyPair,
  readPackage,
  readPublicKey,
  readSignature,
  requireAsSigned,
  signPackage,
  verifySignature,
} from "@patchbay/artifact";
import { PatchbayError } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, UsageError } from "../output.ts";
import { readSigningKey, signedAtNow } from "../packing/signing-key.ts";
import { readText } from "./input.ts";

const KEY_OPTION = "the private key in PEM form; PATCHBAY_SIGNING_KEY otherwise";

/** What makes packages provable: `keygen`, `sign`, `verify`, `endorse`. */
export const addSigningCommands = (plugin: Command): void => {
  plugin
    .command("keygen")
    .description("Make a key pair to sign packages with")
    .requiredOption("--output <file>", "the private key; the public one is written beside it, with .pub")
    .action(async ({ output: file, json }: CommonOptions & { output: string }) => {
      const pair = generateKeyPair(process.env.PATCHBAY_SIGNING_PASSPHRASE || undefined);
      const path = resolve(file);
      await writeNew(path, pair.privateKeyPem, 0o600);
      await writeNew(`${path}.pub`, pair.publicKeyPem, 0o644);
      const { keyId, publicKey } = pair;
      const facts = { privateKey: path, publicKeyFile: `${path}.pub`, keyId, publicKey };
      new Output(json).result(
        facts,
        `Wrote ${path} (keep it secret) and ${path}.pub.\nKey id     ${keyId}\nPublic key ${publicKey}`,
      );
    });

  plugin
    .command("sign <file>")
    .description("Sign a package, in place of the signature that it may have")
    .option("--key <file>", KEY_OPTION)
    .option("--output <file>", "the signed package; in place otherwise")
    .option("--provenance <file>", "a Sigstore bundle about the content, to put into the package")
    .action(
      async (
        file: string,
        {
          key,
          output,
          provenance,
          json,
        }: CommonOptions & { key?: string; output?: string; provenance?: string },
      ) => {
        const privateKey = await readSigningKey(key);
        const written = resolve(output ?? file);
        const signed = await signPackage({
          input: resolve(file),
          output: written,
          privateKey,
          signedAt: signedAtNow(),
          ...(provenance !== undefined && { provenance: await readSigstoreBundle(provenance) }),
        });
        const { id, version } = signed.manifest;
        const { keyId } = describePublicKey(privateKey);
        new Output(json).result(
          { plugin: id, version, file: written, digest: signed.digest, keyId },
          `Signed ${written}: ${id} ${version}, by the key ${keyId}`,
        );
      },
    );

  plugin
    .command("verify <file>")
    .description("Check a package against its signature")
    .option("--public-key <file>", "the publisher's public key in PEM form")
    .action(async (file: string, { publicKey, json }: CommonOptions & { publicKey?: string }) => {
      const { facts, text } = await verify(resolve(file), publicKey);
      new Output(json).result(facts, text);
    });

  plugin
    .command("endorse <new-public-key>")
    .description("Vouch with an older key for a newer one of the same publisher")
    .requiredOption("--publisher <id>", "the publisher, such as acme")
    .option("--key <file>", `the older key: ${KEY_OPTION}`)
    .action(
      async (file: string, { key, publisher, json }: CommonOptions & { key?: string; publisher: string }) => {
        const newKey = describePublicKey(readPublicKey(await readText(file)));
        const endorsement = endorseKey(publisher, newKey, await readSigningKey(key));
        new Output(json).result({ publisher, ...newKey, endorsement }, JSON.stringify(endorsement, null, 2));
      },
    );
};

const verify = async (path: string, publicKeyFile: string | undefined) => {
  await using packageFile = await readPackage(path);
  const { id, version } = packageFile.manifest;
  const signature = await readSignature(packageFile);
  if (signature === null)
    throw new PatchbayError(
      "signature_invalid",
      `${path} carries no signature. \`patchbay plugin sign\` adds one.`,
    );
  const digests = await digestsOf(packageFile);
  requireAsSigned(packageFile, digests, signature);
  const { keyId, statement } = signature;
  const content = contentDigest(digests);
  const facts = { plugin: id, version, content, keyId, signedAt: statement.signedAt };
  if (publicKeyFile === undefined)
    return {
      facts: { ...facts, state: "unproven" },
      text: `${id} ${version} is as it was signed on ${statement.signedAt}, whoever did that: give --public-key to check that it was the key ${keyId}.`,
    };
  if (!verifySignature(signature, readPublicKey(await readText(publicKeyFile))))
    throw new PatchbayError("package_modified", `${path} is not signed by the key in ${publicKeyFile}.`);
  return {
    facts: { ...facts, state: "signed" },
    text: `${id} ${version} is as it was signed on ${statement.signedAt} by the key ${keyId}.`,
  };
};

/** Whether it holds is for the server to say, which has the root of trust; that it is one can be told here. */
const readSigstoreBundle = async (file: string): Promise<Buffer> => {
  const text = await readText(file);
  if (text.includes("application/vnd.dev.sigstore.bundle")) return Buffer.from(text);
  throw new PatchbayError("provenance_invalid", `${file} is not a Sigstore bundle.`);
};

/** Never over a file that is there: it may be the only copy of a key. */
const writeNew = async (path: string, content: string, mode: number): Promise<void> =>
  await writeFile(path, content, { mode, flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EEXIST") throw new UsageError(`${path} exists already. Choose another name.`);
    throw new UsageError(`${path} cannot be written: ${cause.message}`);
  });
