import { isWithin, type Manifest, releaseOf } from "@patchbay/protocol";

/** A plugin's wish for another one, as its manifest has it. */
export interface Demand {
  /** Who wants it; null for a plugin that is hidden from whoever asks. */
  readonly by: { readonly plugin: string; readonly version: string } | null;
  /** What is wanted, and which of its versions are fit. */
  readonly plugin: string;
  readonly range: string;
}

export const demandsOf = ({ id, version, dependencies }: Manifest): Demand[] =>
  Object.entries(dependencies ?? {}).map(([plugin, range]) => ({
    by: { plugin: id, version },
    plugin,
    range,
  }));

/** Whether the version is fit. A pre-release that somebody chose is fit where its release would be. */
export const isMetBy = ({ range }: Demand, version: string): boolean =>
  isWithin(version, range) || isWithin(releaseOf(version), range);

/** The same for a version that nobody chose: a pre-release only where the range itself names one, as npm has it. */
export const isOfferedBy = ({ range }: Demand, version: string): boolean => isWithin(version, range);

/** "acme.maps 1.0.0 wants ^2.0.0, acme.route 1.1.0 wants ^1.0.0" */
export const inWords = (demands: readonly Demand[]): string =>
  demands.map(({ by, range }) => `${wanting(by)} wants ${range}`).join(", ");

/** "acme.maps 1.0.0" */
export const wanting = (by: Demand["by"]): string =>
  by === null ? "a plugin of projects that you do not belong to" : `${by.plugin} ${by.version}`;

/** Who wants what, for people and programs alike. */
export const asFacts = (demands: readonly Demand[]) =>
  demands.flatMap(({ by, range }) => (by === null ? [] : [{ ...by, range }]));
