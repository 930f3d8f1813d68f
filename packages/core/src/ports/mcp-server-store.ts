/** A server of the Model Context Protocol that is a plugin of an organization: what is known of it beside the plugin. */
export interface McpServer {
  readonly installationId: string;
  readonly url: string;
  /** The header that its key goes into, and what stands before the key there. */
  readonly header: { readonly name: string; readonly prefix: string };
  /** Of the tools of the newest version that was made of it; null before there is one. */
  readonly digest: string | null;
  readonly checkedAt: Date | null;
  /** Why it does not answer, and since when; null while it does. */
  readonly outage: McpServerOutage | null;
}

export interface McpServerOutage {
  readonly message: string;
  /** RFC 3339. */
  readonly since: string;
}

/** What a look at a server has found. */
export type McpServerLook = Pick<McpServer, "digest" | "outage"> & { readonly checkedAt: Date };

/** Servers of organizations. They go with their installation. A change of `outage` is told as a change of the installation. */
export interface McpServerStore {
  add(server: Pick<McpServer, "installationId" | "url" | "header">): Promise<void>;
  find(installationId: string): Promise<McpServer | null>;
  /** Of these installations. */
  list(installationIds: readonly string[]): Promise<readonly McpServer[]>;
  /**
   * Takes those of enabled plugins on which nobody has looked since `before`, or since `brokenBefore` where they did not answer; nobody else
   * gets them until then. Their installations.
   */
  takeDue(
    now: Date,
    due: { readonly before: Date; readonly brokenBefore: Date },
    limit: number,
  ): Promise<readonly string[]>;
  record(installationId: string, look: McpServerLook): Promise<void>;
}
