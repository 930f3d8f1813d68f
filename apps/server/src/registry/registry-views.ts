import type {
  PublisherToken,
  RegistryListing,
  RegistryPublisher,
  RegistrySubmission,
  RegistryVersion,
} from "@patchbay/core";
import type {
  PublisherKeyDto,
  PublisherTokenDto,
  RegistryPackageDto,
  RegistryPublisherDto,
  RegistrySummaryDto,
  RegistryVersionDto,
  SubmissionDto,
} from "@patchbay/protocol";

export const toRegistrySummaryDto = ({
  license,
  deprecated,
  updatedAt,
  createdAt: _created,
  author,
  keywords,
  ...listing
}: RegistryListing): RegistrySummaryDto => ({
  ...listing,
  author: { ...author },
  keywords: [...keywords],
  ...(license !== null && { license }),
  ...(deprecated !== null && { deprecated: { ...deprecated } }),
  updatedAt: updatedAt.toISOString(),
});

export const toRegistryVersionDto = (version: RegistryVersion): RegistryVersionDto => ({
  version: version.manifest.version,
  digest: version.digest,
  sizeBytes: version.sizeBytes,
  publishedAt: version.publishedAt.toISOString(),
  ...(version.yanked !== null && { yanked: { reason: version.yanked } }),
  ...(version.signedBy !== null && { signedBy: version.signedBy }),
  hasReadme: version.readmeDigest !== null,
  hasChangelog: version.changelogDigest !== null,
  manifest: version.manifest,
});

export const toRegistryPackageDto = (
  listing: RegistryListing,
  versions: readonly RegistryVersion[],
): RegistryPackageDto => ({
  ...toRegistrySummaryDto(listing),
  createdAt: listing.createdAt.toISOString(),
  versions: versions.map(toRegistryVersionDto),
});

export const toRegistryPublisherDto = (
  { publisher, name, url, proofs }: RegistryPublisher,
  keys: readonly PublisherKeyDto[],
  packages: readonly string[],
): RegistryPublisherDto => ({
  publisher,
  name,
  ...(url !== null && { url }),
  proofs: proofs.map((proof) => ({ ...proof })),
  keys: [...keys],
  packages: [...packages],
});

export const toPublisherTokenDto = ({
  id,
  name,
  prefix,
  createdAt,
  expiresAt,
}: PublisherToken): PublisherTokenDto => ({
  id,
  name,
  prefix,
  createdAt: createdAt.toISOString(),
  ...(expiresAt !== null && { expiresAt: expiresAt.toISOString() }),
});

export const toSubmissionDto = (
  submission: Pick<RegistrySubmission, "plugin" | "version" | "digest" | "state" | "findings"> &
    Partial<Pick<RegistrySubmission, "id" | "reason" | "createdAt">>,
): SubmissionDto => {
  const { id, plugin, version, digest, state, findings, reason, createdAt } = submission;
  return {
    ...(id !== undefined && { id }),
    plugin,
    version,
    digest,
    state,
    findings: findings.map((finding) => ({ ...finding })),
    ...(typeof reason === "string" && { reason }),
    ...(createdAt !== undefined && { createdAt: createdAt.toISOString() }),
  };
};
