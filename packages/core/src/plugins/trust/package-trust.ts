import {
  contentDigest,
  digestsOf,
  type PackageSignature,
  readProvenance,
  readSignature,
  requireAsSigned,
  type ValidatedPackage,
  verifyProvenance,
} from "@patchbay/artifact";
import { PatchbayError, type TrustState } from "@patchbay/protocol";
import { requireSigned } from "../../access/policy-rules.ts";
import type { OrganizationPolicy } from "../../model/policy.ts";
import type { PackageVersion, Provenance } from "../../ports/catalog-store.ts";
import type { PublisherKey } from "../../ports/publisher-key-store.ts";
import type { World } from "../../world.ts";
import { type PublisherKeys, publisherOf } from "./publisher-keys.ts";
import type { RecordSeal } from "./record-seal.ts";
import { SignatureCache } from "./signature-cache.ts";

/** What can be said about a package's origin. */
export interface Trust {
  /**
   * `signed`: by a key of its publisher that is in force. `unsigned`: by none that is known here. `modified`: it is not what was
   * admitted or signed. `revoked`: its key must not be believed.
   */
  readonly state: TrustState;
  readonly publisher?: string;
  readonly keyId?: string;
  readonly signedAt?: string;
  readonly provenance?: Provenance;
  /** A sentence for people, where the state needs one. */
  readonly reason?: string;
}

/** What a package brings about itself into the catalog. */
export type PackageEvidence = Pick<PackageVersion, "signature" | "provenance">;

type Unsealed = Omit<PackageVersion, "createdAt" | "seal">;

/** Says whether packages are what their publishers made, when they come in and whenever they are to run. */
export class PackageTrust {
  readonly #keys: PublisherKeys;
  readonly #seal: RecordSeal;
  readonly #sigstoreRoot: string | null;
  readonly #world: World;
  readonly #signatures = new SignatureCache();
  readonly #admitAgain: (version: PackageVersion) => Promise<PackageVersion>;

  /** `admitAgain` looks at the bytes of a version that was admitted before versions had seals, and seals it. */
  constructor(parts: {
    keys: PublisherKeys;
    seal: RecordSeal;
    sigstoreRoot: string | null;
    world: World;
    admitAgain: (version: PackageVersion) => Promise<PackageVersion>;
  }) {
    this.#keys = parts.keys;
    this.#seal = parts.seal;
    this.#sigstoreRoot = parts.sigstoreRoot;
    this.#world = parts.world;
    this.#admitAgain = parts.admitAgain;
  }

  /**
   * Looks at a package that wants in. Throws `signature_invalid`, `signature_mismatch`, `signature_revoked`,
   * `package_modified`, `provenance_invalid`.
   */
  async examine(packageFile: ValidatedPackage): Promise<PackageEvidence> {
    const signature = await readSignature(packageFile);
    const bundle = await readProvenance(packageFile);
    if (signature === null && bundle === null) return { signature: null, provenance: null };
    const digests = await digestsOf(packageFile);
    if (signature !== null) {
      requireAsSigned(packageFile, digests, signature);
      const { id } = packageFile.manifest;
      requireTrusted(id, await this.#verdictOn(id, signature));
    }
    const provenance = bundle && (await this.#prove(bundle, contentDigest(digests)));
    return { signature: signature?.envelope ?? null, provenance };
  }

  async #prove(bundle: Uint8Array, content: string): Promise<Provenance> {
    const build = await verifyProvenance(bundle, content, this.#sigstoreRoot ?? undefined);
    return { ...build, verifiedAt: this.#world.now().toISOString() };
  }

  /** The seal for a row of the catalog. */
  sealOf(version: Unsealed): string {
    return this.#seal.of("package", sealedPartOf(version));
  }

  /** What can be said about a version by its row. Cheap enough for lists. */
  async judge(version: PackageVersion): Promise<Trust> {
    if (version.seal !== null && !this.#seal.fits(version.seal, "package", sealedPartOf(version)))
      return { state: "modified", reason: "What the catalog says about it was changed from outside." };
    const proven = version.provenance === null ? {} : { provenance: version.provenance };
    if (version.signature === null) return { state: "unsigned", ...proven };
    const signature = this.#signatures.parse(version.signature);
    if (signature === null) return { state: "modified", reason: "Its signature was changed." };
    const { statement } = signature;
    if (statement.plugin !== version.pluginId || statement.version !== version.version)
      return { state: "modified", reason: "Its signature is that of another plugin or version." };
    return { ...(await this.#verdictOn(version.pluginId, signature)), ...proven };
  }

  /** Throws `package_modified` or `signature_revoked` for a version that must not run. To be asked whenever it is to. */
  async requireGood(version: PackageVersion): Promise<Trust> {
    const sealed = version.seal === null ? await this.#admitAgain(version) : version;
    const trust = await this.judge(sealed);
    requireTrusted(version.pluginId, trust);
    return trust;
  }

  /**
   * The same for a version that is to be installed, enabled or changed to; throws besides `policy_blocked` where the policy
   * wants a signature that it does not have.
   */
  async requireFit(version: PackageVersion, policy: OrganizationPolicy): Promise<void> {
    requireSigned(policy, version, await this.requireGood(version));
  }

  async #verdictOn(pluginId: string, signature: PackageSignature): Promise<Trust> {
    const publisher = publisherOf(pluginId);
    const { keyId, statement } = signature;
    const known = await this.#keys.of(publisher);
    const key = known.find((one) => one.keyId === keyId);
    const facts = { publisher, keyId, signedAt: statement.signedAt };
    if (key === undefined)
      return { state: "unsigned", ...facts, reason: `Its key is not known here as one of "${publisher}".` };
    if (!this.#keys.isIntact(key))
      return {
        state: "modified",
        ...facts,
        reason: `What is stored about the keys of "${publisher}" was changed.`,
      };
    if (!this.#signatures.verify(signature, key.publicKey))
      return { state: "modified", ...facts, reason: "Its signature does not hold." };
    const reason = revocationOf(key, statement.signedAt);
    return reason === null ? { state: "signed", ...facts } : { state: "revoked", ...facts, reason };
  }
}

const revocationOf = ({ publisher, revoked }: PublisherKey, signedAt: string): string | null => {
  if (revoked === null) return null;
  if (revoked.reason === "compromised")
    return `"${publisher}" has revoked the key that signed it, since others have got hold of it.`;
  return Date.parse(signedAt) > revoked.at.getTime()
    ? `It was signed after "${publisher}" had replaced the key.`
    : null;
};

/** Throws `package_modified` or `signature_revoked` for what must not run. */
export const requireTrusted = (pluginId: string, { state, reason = "", keyId }: Trust): void => {
  if (state === "modified")
    throw new PatchbayError(
      "package_modified",
      `The package of "${pluginId}" cannot be trusted: ${reason} Get it from its publisher again.`,
    );
  if (state === "revoked")
    throw new PatchbayError(
      "signature_revoked",
      `The package of "${pluginId}" cannot be trusted: ${reason} Use a version that is signed with a key in force.`,
      { facts: { keyId } },
    );
};

/** All of a row that decides what is shown and what runs. */
const sealedPartOf = (version: Unsealed): unknown => {
  const { id, organizationId, pluginId, source, badge, manifest } = version;
  const { digest, scriptDigest, uiDigest, readmeDigest, changelogDigest, icon } = version;
  return {
    id,
    organizationId,
    pluginId,
    version: version.version,
    source,
    badge,
    manifest,
    digest,
    scriptDigest,
    uiDigest,
    readmeDigest,
    changelogDigest,
    icon,
    signature: version.signature,
    provenance: version.provenance,
    ...(version.origin !== null && { origin: version.origin }),
    ...(version.broughtFor !== null && { broughtFor: version.broughtFor }),
  };
};
