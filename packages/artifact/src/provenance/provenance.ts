import { isJsonObject, MAX_PROVENANCE_BYTES, PatchbayError } from "@patchbay/protocol";
import type { PackageReader } from "../reader.ts";
import { PROVENANCE_PATH } from "../signature/digests.ts";

/** Where a package was built: what a certificate authority has seen and a transparency log has written down. */
export interface ProvenBuild {
  /** The repository's address. */
  readonly source: string;
  /** Who built and signed: the address of a workflow, for one. */
  readonly builder: string;
}

const STATEMENT_MEDIA_TYPE = "application/vnd.in-toto+json";
const STATEMENT_TYPES: ReadonlySet<unknown> = new Set([
  "https://in-toto.io/Statement/v1",
  "https://in-toto.io/Statement/v0.1",
]);
const PREDICATE_PREFIX = "https://slsa.dev/provenance/";
/** Of a certificate: the address of the repository that was built. UTF-8 in DER. */
const SOURCE_REPOSITORY = "1.3.6.1.4.1.57264.1.12";
const DER_UTF8_STRING = 0x0c;
const MAX_SHORT_LENGTH = 0x7f;
const MAX_ADDRESS_LENGTH = 2_000;

/** The Sigstore bundle that a package carries; null when it has none. Throws `provenance_invalid` for one that is too large. */
export async function readProvenance(packageFile: PackageReader): Promise<Buffer | null> {
  const entry = packageFile.entry(PROVENANCE_PATH);
  if (entry === undefined) return null;
  if (entry.size > MAX_PROVENANCE_BYTES)
    throw invalid(`It is larger than ${MAX_PROVENANCE_BYTES / 1024} KiB.`);
  return await packageFile.readEntry(PROVENANCE_PATH);
}

/**
 * Checks a Sigstore bundle without any network: certificate, transparency log, signature, and that its statement is one of a
 * build whose subject is this content. `trustedRoot` is Sigstore's own format, as JSON; the public instance's without it.
 * Throws `provenance_invalid` for a bundle that does not hold, whatever it is; a root that cannot be read is a plain error.
 */
export async function verifyProvenance(
  bytes: Uint8Array,
  contentDigest: string,
  trustedRoot?: string,
): Promise<ProvenBuild> {
  const trustMaterial = await loadTrust(trustedRoot);
  const [
    { bundleFromJSON, isBundleWithCertificateChain, isBundleWithDsseEnvelope, isBundleWithPublicKey },
    sigstore,
  ] = await Promise.all([import("@sigstore/bundle"), import("@sigstore/verify")]);
  try {
    const bundle = bundleFromJSON(parseJson(bytes));
    if (!isBundleWithDsseEnvelope(bundle)) throw invalid("It does not hold a statement.");
    if (isBundleWithPublicKey(bundle)) throw invalid("It was made with a key instead of a certificate.");
    if (
      isBundleWithCertificateChain(bundle) &&
      bundle.verificationMaterial.content.x509CertificateChain.certificates.length === 0
    )
      throw invalid("It has no certificate.");
    const entity = sigstore.toSignedEntity(bundle);
    const { identity } = new sigstore.Verifier(trustMaterial).verify(entity);
    const { payload, payloadType } = bundle.content.dsseEnvelope;
    if (payloadType !== STATEMENT_MEDIA_TYPE) throw invalid("Its payload is not an in-toto statement.");
    const source = identity?.oids?.find(({ oid }) => oid?.id.join(".") === SOURCE_REPOSITORY)?.value;
    const build = {
      source: address(source && derText(source), "the repository"),
      builder: address(identity?.subjectAlternativeName, "the builder"),
    };
    requireStatement(parseJson(payload), contentDigest, build);
    return build;
  } catch (cause) {
    if (cause instanceof PatchbayError) throw cause;
    // The library meets hostile input with many kinds of errors; each of them means that the bundle does not hold.
    throw invalid(`It does not hold: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
}

async function loadTrust(given: string | undefined) {
  const [{ TrustedRoot }, { toTrustMaterial }] = await Promise.all([
    import("@sigstore/protobuf-specs"),
    import("@sigstore/verify"),
  ]);
  return toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(given ?? (await publicRoot()))));
}

/** The public instance's root, as it comes with the library that would fetch newer ones. */
async function publicRoot(): Promise<string> {
  const { default: seeds } = await import("@sigstore/tuf/seeds.json", { with: { type: "json" } });
  const target = Object.values(seeds)[0]?.targets["trusted_root.json"];
  if (target === undefined) throw new Error("@sigstore/tuf has come without the root of trust.");
  return Buffer.from(target, "base64").toString("utf8");
}

function requireStatement(statement: unknown, contentDigest: string, { builder }: ProvenBuild): void {
  if (!isJsonObject(statement) || !STATEMENT_TYPES.has(statement._type))
    throw invalid("Its payload is not an in-toto statement.");
  const { predicateType, subject } = statement;
  if (typeof predicateType !== "string" || !predicateType.startsWith(PREDICATE_PREFIX))
    throw invalid("Its statement is not one of a build (SLSA provenance).");
  const subjects: readonly unknown[] = Array.isArray(subject) ? subject : [];
  if (subjects.some((one) => digestOf(one) === contentDigest)) return;
  throw invalid(`What ${builder} states is not about the content of this package, sha256:${contentDigest}.`);
}

const digestOf = (subject: unknown): unknown =>
  isJsonObject(subject) && isJsonObject(subject.digest) ? subject.digest.sha256 : undefined;

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid("It is not JSON in UTF-8.", cause);
  }
}

/** The text of a DER string of up to 127 bytes, or of one with a longer length in one or two bytes. */
function derText(value: Uint8Array): string | undefined {
  const bytes = Buffer.from(value);
  const first = bytes[1] ?? 0;
  const header = first <= MAX_SHORT_LENGTH ? 2 : 2 + (first & MAX_SHORT_LENGTH);
  return bytes[0] === DER_UTF8_STRING ? bytes.subarray(header).toString("utf8") : undefined;
}

function address(value: string | undefined, what: string): string {
  if (value !== undefined && value.length <= MAX_ADDRESS_LENGTH && URL.canParse(value)) return value;
  throw invalid(`Its certificate does not name the address of ${what}.`);
}

const invalid = (fault: string, cause?: unknown) =>
  new PatchbayError(
    "provenance_invalid",
    `provenance.sigstore.json proves nothing: ${fault} Attest the build again, or leave the file out.`,
    { cause },
  );
