export { isClutter, type ReadDirectoryOptions, readDirectory } from "./directory.ts";
export { checkIcon } from "./icon.ts";
export { checkEngine } from "./package-manifest.ts";
export {
  openPackage,
  type PackageEntry,
  type PackageReader,
  readPackage,
  type ValidatedPackage,
} from "./reader.ts";
export { checkUiModule, type ScriptSource, toScript } from "./script.ts";
export { type PackageFile, type WritePackageOptions, type WrittenPackage, writePackage } from "./writer.ts";
