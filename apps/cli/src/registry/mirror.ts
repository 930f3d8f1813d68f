import { PatchbayError, type RegistryPackageDto, type RegistrySummaryDto } from "@patchbay/protocol";
import type { MirrorTarget } from "./mirror-target.ts";
import type { RegistrySource } from "./registry-source.ts";

/** Packages that are copied at the same time. */
const AT_ONCE = 8;

export interface MirrorReport {
  readonly packages: number;
  readonly versions: number;
  /** Artifacts that were not there yet, and their bytes. */
  readonly fetched: number;
  readonly fetchedBytes: number;
}

/**
 * Copies a registry to plain files that any web server can serve. What is there with the right digest is not fetched again;
 * each file is replaced at once, and the index comes last, so that a client never finds in it what is not there yet.
 */
export const mirrorRegistry = async (
  source: RegistrySource,
  files: MirrorTarget,
  onProgress: (done: number, all: number) => void,
): Promise<MirrorReport> => {
  const registry = await source.registry();
  const summaries = await source.summaries((count) => onProgress(0, count));
  const report = { packages: 0, versions: 0, fetched: 0, fetchedBytes: 0 };
  const waiting = [...summaries];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await mirrorPackage(source, files, next, report);
      report.packages += 1;
      onProgress(report.packages, summaries.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const publisher of new Set(summaries.map((one) => one.publisher)))
    await files.write(`publishers/${publisher}.json`, await source.document(`publishers/${publisher}`));
  await files.write("blocklist.json", await source.document("blocklist"));
  await files.write("advisories.json", await source.document("advisories"));
  const items = summaries.toSorted((one, other) => (one.plugin < other.plugin ? -1 : 1));
  await files.write("index.json", Buffer.from(JSON.stringify({ items })));
  const own = { protocol: 1, name: registry.name, search: "index", generatedAt: new Date().toISOString() };
  await files.write("registry.json", Buffer.from(JSON.stringify(own)));
  return report;
};

const mirrorPackage = async (
  source: RegistrySource,
  files: MirrorTarget,
  { plugin }: RegistrySummaryDto,
  report: { versions: number; fetched: number; fetchedBytes: number },
): Promise<void> => {
  const found = await source.package(plugin);
  for (const version of found.versions) {
    report.versions += 1;
    const base = `packages/${plugin}/versions/${version.version}`;
    if (await files.has(`${base}/artifact`, version.digest, version.sizeBytes)) continue;
    // The artifact comes last: where it is, the rest is too.
    await mirrorParts(source, files, base, version);
    const bytes = await source.artifact(plugin, version.version, version.digest);
    await files.write(`${base}/artifact`, bytes);
    report.fetched += 1;
    report.fetchedBytes += bytes.length;
  }
  await files.write(`packages/${plugin}.json`, Buffer.from(JSON.stringify(found)));
};

const mirrorParts = async (
  source: RegistrySource,
  files: MirrorTarget,
  base: string,
  { hasReadme, hasChangelog, manifest }: RegistryPackageDto["versions"][number],
): Promise<void> => {
  const parts = [
    ...(hasReadme ? ["readme"] : []),
    ...(hasChangelog ? ["changelog"] : []),
    ...(manifest.icon === undefined ? [] : ["icon"]),
  ];
  for (const part of parts) {
    try {
      await files.write(`${base}/${part}`, await source.bytes(`${base}/${part}`));
    } catch (error) {
      // A picture or text that is missing keeps nobody from installing.
      if (!(error instanceof PatchbayError && error.code === "not_found")) throw error;
    }
  }
};
