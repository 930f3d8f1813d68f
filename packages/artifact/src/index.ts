export { type BackupPart, readBackup } from "./backup/read-backup.ts";
export { fingerprintOf } from "./backup/secret-keys.ts";
export type { BackupCounts } from "./backup/tally.ts";
export { writeBackup } from "./backup/write-backup.ts";
export { type ReadBundle, readBundle } from "./bundle/read-bundle.ts";
export { writeBundle } from "./bundle/write-bundle.ts";
export { isClutter, type ReadDirectoryOptions, readDirectory } from "./directory.ts";
export { checkIcon } from "./icon.ts";
export { checkEngine, supportsEngine } from "./package-manifest.ts";
export { type ProvenBuild, readProvenance, verifyProvenance } from "./provenance/provenance.ts";
export {
  openPackage,
  type PackageEntry,
  type PackageReader,
  readPackage,
  type ValidatedPackage,
} from "./reader.ts";
export { checkUiModule, type ScriptSource, toScript } from "./script.ts";
export { contentDigest, digestsOf, PROVENANCE_PATH, SIGNATURE_PATH } from "./signature/digests.ts";
export { endorseKey, type KeyEndorsement, verifyKeyEndorsement } from "./signature/endorsement.ts";
export {
  type PackageSignature,
  parseSignature,
  type SignedStatement,
  verifySignature,
} from "./signature/envelope.ts";
export {
  decodePublicKey,
  describePublicKey,
  formatPem,
  generateKeyPair,
  keyIdOf,
  type PublicKey,
  readPrivateKey,
  readPublicKey,
} from "./signature/keys.ts";
export {
  readSignature,
  requireAsSigned,
  type SignPackageOptions,
  signPackage,
} from "./signature/signed-package.ts";
export { type PackageFile, type WritePackageOptions, type WrittenPackage, writePackage } from "./writer.ts";
