import type { ManifestRules } from "@patchbay/protocol";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Database } from "../../ports/database.ts";
import type { World } from "../../world.ts";
import { PackageTrust } from "../trust/package-trust.ts";
import { PublisherKeys } from "../trust/publisher-keys.ts";
import { RecordSeal } from "../trust/record-seal.ts";
import { PackageIntake } from "./package-intake.ts";

export interface TrustParts {
  readonly publisherKeys: PublisherKeys;
  readonly trust: PackageTrust;
  readonly intake: PackageIntake;
}

/**
 * Who says which packages may come in and run. `secretKeys` are the deployment's, newest first; `sigstoreRoot` is whom
 * statements of builds are believed from, that of the public instance when it is null. The parts need each other: a version
 * that came before versions had seals is admitted again when it is first looked at closely.
 */
export const createTrust = (
  {
    secretKeys,
    sigstoreRoot,
    rules,
  }: {
    readonly secretKeys: readonly Buffer[];
    readonly sigstoreRoot: string | null;
    readonly rules?: ManifestRules;
  },
  { database, artifacts, world }: { database: Database; artifacts: ArtifactStore; world: World },
): TrustParts => {
  const seal = new RecordSeal(secretKeys);
  const publisherKeys = new PublisherKeys(database, seal, world);
  const trust: PackageTrust = new PackageTrust({
    keys: publisherKeys,
    seal,
    sigstoreRoot,
    world,
    admitAgain: (version) => intake.admitAgain(version),
  });
  const intake = new PackageIntake({ database, artifacts, trust, world, ...(rules && { rules }) });
  return { publisherKeys, trust, intake };
};
