/** Something that other nodes may hold in memory has changed. Carries ids only: whoever needs more reads it. */
export type Change =
  | { readonly kind: "installation"; readonly id: string }
  | { readonly kind: "settings"; readonly id: string }
  | { readonly kind: "member"; readonly id: string }
  | { readonly kind: "api_key"; readonly id: string }
  | { readonly kind: "session"; readonly id: string }
  /** The connection was lost for a while: whatever is held in memory may be stale. */
  | { readonly kind: "everything" };

/** Changes of all nodes, this one's included, after they were committed. */
export interface ChangeFeed {
  /** Returns the function that ends the subscription. */
  subscribe(listener: (change: Change) => void): () => void;
}
