/** Calls of clients whose requests any node may take, of which one runs the call. */
export interface ClientCallStore {
  /** Tells all nodes, on the change feed, that the client of a call waits for it no longer. `id` names the call: a digest, since the feed carries ids only. */
  tellGivenUp(id: string): Promise<void>;
}
