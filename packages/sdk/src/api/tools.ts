export interface ToolInfo {
  /** Plugin and tool: `acme.geo/locate`. */
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  readonly input?: unknown;
}

/** Other plugins' tools. Needs `tools.invoke`, which may be narrowed to ids. Throws `NotAvailableError` in this version. */
export interface ToolsApi {
  /** The tools that this plugin may call. */
  list(): Promise<readonly ToolInfo[]>;
  /** The tool's answer. Throws what the tool throws, and `PermissionDeniedError` for ids that were not granted. */
  invoke(id: string, input: unknown): Promise<unknown>;
}

/** Needs `workflows.run`, which may be narrowed to ids. Throws `NotAvailableError` in this version. */
export interface WorkflowsApi {
  /** Runs the workflow to its end; its output. */
  run(id: string, input?: unknown): Promise<unknown>;
}
