import type { ToolsetMode } from "@patchbay/protocol";

/** A tool of a toolset. `name`: its name there, where that is not its own. */
export interface ToolsetTool {
  readonly plugin: string;
  readonly tool: string;
  readonly name?: string;
}

/** Tools that administrators have chosen for clients, under an address of their own. */
export interface Toolset {
  readonly organizationId: string;
  /** Short name, by which it is addressed. */
  readonly name: string;
  readonly title: string | null;
  /** What clients are told of how to use its tools. */
  readonly description: string | null;
  readonly mode: ToolsetMode;
  /** In the order in which they are listed. */
  readonly tools: readonly ToolsetTool[];
}

/** Toolsets of organizations. Every change is told on the change feed. */
export interface ToolsetStore {
  /** By name. */
  list(organizationId: string): Promise<readonly Toolset[]>;
  /** In a transaction nobody else changes it until its end. */
  find(organizationId: string, name: string): Promise<Toolset | null>;
  /** Throws `already_exists`, and `invalid_request` beyond `most` toolsets of the organization. */
  create(toolset: Toolset, most: number): Promise<void>;
  /** All but its name. */
  replace(toolset: Toolset): Promise<void>;
  remove(organizationId: string, name: string): Promise<boolean>;
}
