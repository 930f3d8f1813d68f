export interface KnownHole {
  /** As `process.versions` names it. */
  readonly component: string;
  /** The first version without the hole. */
  readonly before: string;
  readonly advisory: string;
  /** What it lets others do: a clause without a full stop. */
  readonly what: string;
  /** A sentence. */
  readonly cure: string;
}

export declare const KNOWN_BAD_RUNTIMES: readonly KnownHole[];

/** The known holes of a runtime, from its `process.versions`. */
export declare const holesOf: (
  versions: Readonly<Record<string, string | undefined>>,
) => readonly KnownHole[];
