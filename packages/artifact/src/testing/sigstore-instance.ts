import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { bundleToJSON, toDSSEBundle } from "@sigstore/bundle";
import { initializeCA, initializeCTLog, initializeTLog } from "@sigstore/mock";

const LOG_URL = "https://log.example";
export const SOURCE = "https://github.com/acme/weather";
export const BUILDER = `${SOURCE}/.github/workflows/release.yml@refs/tags/v1.0.0`;
const STATEMENT_MEDIA_TYPE = "application/vnd.in-toto+json";

const keyPair = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
/** Ahead, since the authority dates its own certificate by the time at which it is made. */
const clock = new Date(Date.now() + 60_000);
const from = new Date(clock.getTime() - 3_600_000).toISOString();

/** An instance of Sigstore: its certificate authority, its two logs, and its root as clients have it. */
export const newInstance = async () => {
  const ctLog = await initializeCTLog(keyPair("prime256v1"), clock);
  const ca = await initializeCA(keyPair("secp384r1"), ctLog, clock);
  const tlog = await initializeTLog(LOG_URL, keyPair("prime256v1"), clock);
  const logOf = (key: Buffer, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: key.toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start: from },
    },
    logId: { keyId: createHash("sha256").update(key).digest("base64") },
  });
  const root = JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(tlog.publicKey, LOG_URL)],
    ctlogs: [logOf(ctLog.publicKey, "https://ct.example")],
    certificateAuthorities: [
      {
        subject: { organization: "sigstore.mock", commonName: "sigstore" },
        uri: "https://ca.example",
        certChain: {
          certificates: [{ rawBytes: Buffer.from(ca.rootCertificate as Buffer).toString("base64") }],
        },
        validFor: { start: from },
      },
    ],
    timestampAuthorities: [],
  });
  return { ca, tlog, root };
};
export type SigstoreInstance = Awaited<ReturnType<typeof newInstance>>;

/** An in-toto statement of a build. */
export const statement = (digest: string, more: object = {}) => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "acme.weather", digest: { sha256: digest } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {},
  ...more,
});

/** As the log answers; its own types are not installed. */
interface LoggedEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: Readonly<Record<"logIndex" | "rootHash" | "treeSize" | "checkpoint", unknown>>;
  };
}

/** What a build service would put beside a package. */
export const attest = async (
  { ca, tlog }: SigstoreInstance,
  said: unknown,
  {
    source = SOURCE,
    payloadType = STATEMENT_MEDIA_TYPE,
  }: { source?: string | null; payloadType?: string } = {},
) => {
  const { publicKey, privateKey } = keyPair("prime256v1");
  const certificate = Buffer.from(
    (await ca.issueCertificate({
      publicKey: publicKey.export({ type: "spki", format: "der" }) as Buffer<ArrayBuffer>,
      subjectAltName: BUILDER,
      extensions: source === null ? [] : [{ oid: "1.3.6.1.4.1.57264.1.12", value: source }],
    })) as Buffer,
  );
  const artifact = Buffer.from(JSON.stringify(said));
  const pae = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${artifact.length} `),
    artifact,
  ]);
  const signature = sign("sha256", pae, privateKey);
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`;
  const entries = await tlog.log({
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      payloadHash: { algorithm: "sha256", value: createHash("sha256").update(artifact).digest("hex") },
      signatures: [
        { signature: signature.toString("base64"), verifier: Buffer.from(pem).toString("base64") },
      ],
    },
  });
  const [entry] = Object.values(entries as Record<string, LoggedEntry>);
  if (entry === undefined) throw new Error("The log has not logged.");
  const { inclusionProof: proof, signedEntryTimestamp } = entry.verification;
  const bundle = bundleToJSON(
    toDSSEBundle({ artifact, artifactType: payloadType, signature, certificate, certificateChain: false }),
  );
  const logged = {
    logIndex: String(entry.logIndex),
    logId: { keyId: Buffer.from(entry.logID, "hex").toString("base64") },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: Buffer.from(String(proof.rootHash), "hex").toString("base64"),
      treeSize: String(proof.treeSize),
      hashes: [],
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
  return { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries: [logged] } };
};
