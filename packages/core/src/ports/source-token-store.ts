/** What organizations show elsewhere to get at what is not public, encrypted. */
export interface SourceTokenStore {
  find(organizationId: string, source: "github"): Promise<string | null>;
  put(organizationId: string, source: "github", sealed: string): Promise<void>;
  /** Tells whether there was one. */
  remove(organizationId: string, source: "github"): Promise<boolean>;
}
