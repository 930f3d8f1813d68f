import type { ValidatedPackage } from "@patchbay/artifact";
import type { PublisherKeyDto } from "@patchbay/protocol";
import type { Finding, PopularPackage } from "../../ports/registry-store.ts";

/** What checks look at. */
export interface CheckedPackage {
  readonly packageFile: ValidatedPackage;
  /** The server bundle in script form, and the user-interface bundle. */
  readonly script: string | null;
  readonly uiBundle: string | null;
  readonly publisher: string;
  /** The publisher's, revoked ones included. */
  readonly keys: readonly PublisherKeyDto[];
  /** Whether nothing of this id has been published before. */
  readonly isNew: boolean;
  /** Whether people see it under another name so far. */
  readonly isRenamed: boolean;
  /** The most installed packages of all others. */
  readonly popular: readonly PopularPackage[];
}

export type Remark = Omit<Finding, "check">;

/** One thing that a package is held against before it is published. What it throws holds the package back. */
export interface PackageCheck {
  readonly name: string;
  run(checked: CheckedPackage): Promise<readonly Remark[]> | readonly Remark[];
}

export const error = (message: string, place: Pick<Remark, "file" | "line"> = {}): Remark => ({
  level: "error",
  message,
  ...place,
});
export const review = (message: string, place: Pick<Remark, "file" | "line"> = {}): Remark => ({
  level: "review",
  message,
  ...place,
});
export const warning = (message: string, place: Pick<Remark, "file" | "line"> = {}): Remark => ({
  level: "warning",
  message,
  ...place,
});
