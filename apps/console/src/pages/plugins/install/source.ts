/** A version of the catalog or a marketplace; the newest without `version`. */
export interface Choice {
  readonly plugin: string;
  readonly version?: string;
}

/** What each place that a plugin comes from is given. */
export interface SourceProps {
  readonly onChoose: (choice: Choice) => void;
}
