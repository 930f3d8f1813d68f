import { checkUiModule, toScript, type ValidatedPackage } from "@patchbay/artifact";
import { MAX_SCRIPT_BYTES, MAX_UI_BUNDLE_BYTES, PatchbayError } from "@patchbay/protocol";

/** The server bundle in script form; null for a plugin without one. Throws `script_invalid` or `import_not_available`. */
export const scriptOf = async (packageFile: ValidatedPackage): Promise<Buffer | null> => {
  const { main } = packageFile.manifest;
  if (main === undefined) return null;
  const readFile = async (path: string): Promise<Buffer | undefined> => {
    const entry = packageFile.entry(path);
    return entry === undefined || entry.size > MAX_SCRIPT_BYTES
      ? undefined
      : await packageFile.readEntry(path);
  };
  return Buffer.from(await toScript({ main, readFile }));
};

/** The user-interface bundle as it is; null for a plugin without one. Throws `script_invalid` or `import_not_available`. */
export const uiBundleOf = async (packageFile: ValidatedPackage): Promise<Buffer | null> => {
  const { ui } = packageFile.manifest;
  if (ui === undefined) return null;
  if ((packageFile.entry(ui)?.size ?? 0) > MAX_UI_BUNDLE_BYTES)
    throw new PatchbayError(
      "script_invalid",
      `${ui} is larger than ${MAX_UI_BUNDLE_BYTES / 1024 / 1024} MiB. Leave out what is not used.`,
    );
  const bundle = await packageFile.readEntry(ui);
  await checkUiModule(ui, bundle);
  return bundle;
};
