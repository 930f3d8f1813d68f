import { checkIcon, type ValidatedPackage } from "@patchbay/artifact";
import { MAX_DOCUMENT_BYTES } from "@patchbay/protocol";
import type { PackageVersion } from "../../ports/catalog-store.ts";

export type PackageDocuments = Pick<PackageVersion, "readmeDigest" | "changelogDigest" | "icon">;

/**
 * Stores what people look at before they install: README.md and CHANGELOG.md of the package's root, and the icon that the
 * manifest names. `store` answers with the digest. Throws `icon_invalid`.
 */
export const storeDocuments = async (
  packageFile: ValidatedPackage,
  store: (content: Buffer) => Promise<string>,
): Promise<PackageDocuments> => {
  const documents = {
    readmeDigest: await storeText(packageFile, "readme.md", store),
    changelogDigest: await storeText(packageFile, "changelog.md", store),
  };
  const path = packageFile.manifest.icon;
  if (path === undefined) return { ...documents, icon: null };
  const content = await packageFile.readEntry(path);
  const type = checkIcon(path, content);
  return { ...documents, icon: { digest: await store(content), type } };
};

const storeText = async (
  packageFile: ValidatedPackage,
  name: string,
  store: (content: Buffer) => Promise<string>,
): Promise<string | null> => {
  const entry = packageFile.entries.find(({ path }) => path.toLowerCase() === name);
  if (entry === undefined || entry.size === 0) return null;
  const content = await packageFile.readEntry(entry.path);
  return await store(content.length <= MAX_DOCUMENT_BYTES ? content : beginningOf(content));
};

/** Whole lines from the top, where a changelog has what is new. */
const beginningOf = (content: Buffer): Buffer => {
  const end = content.lastIndexOf("\n", MAX_DOCUMENT_BYTES - 1);
  return content.subarray(0, end > 0 ? end + 1 : MAX_DOCUMENT_BYTES);
};
