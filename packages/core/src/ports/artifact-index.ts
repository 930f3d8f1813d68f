/** A part of a package that a node must have to run an enabled installation or show its views. */
export interface NeededArtifact {
  readonly digest: string;
  readonly pluginId: string;
  readonly version: string;
  readonly part: "script" | "views";
}

/**
 * Which artifacts there are and who needs them, for all nodes: the artifact store itself knows bytes only. An artifact is
 * referenced when a row of the catalog names it.
 */
export interface ArtifactIndex {
  /**
   * To be called before bytes are stored: from now on `collect` spares them for its grace time, in which the row that names them
   * must be written. Waits for a removal of the same artifact that is under way.
   */
  claim(digest: string): Promise<void>;
  /** Digests of all that is referenced. */
  listReferenced(): Promise<string[]>;
  /** What enabled installations of all organizations need, each artifact once. */
  listNeeded(): Promise<NeededArtifact[]>;
  /** How many artifacts nothing references that were claimed before this time. */
  countUnreferenced(claimedBefore: Date): Promise<number>;
  /**
   * Has up to `limit` of these removed and forgets them, or none when `remove` throws. Nodes that collect at the same time take
   * different ones. Returns how many.
   */
  collect(claimedBefore: Date, limit: number, remove: (digest: string) => Promise<void>): Promise<number>;
}
