export { checkEngine } from "./package-manifest.ts";
export {
  openPackage,
  type PackageEntry,
  type PackageReader,
  readPackage,
  type ValidatedPackage,
} from "./reader.ts";
