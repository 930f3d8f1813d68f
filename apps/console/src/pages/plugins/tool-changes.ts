import { canonicalJson, type VersionDto } from "@patchbay/protocol";

export type Tool = NonNullable<NonNullable<VersionDto["manifest"]["contributes"]>["tools"]>[number];

/** What is told of a tool, and can change. */
export const TOOL_PARTS = ["title", "description", "input", "output", "answers", "annotations"] as const;
type ToolPart = (typeof TOOL_PARTS)[number];

export interface ChangedTool {
  readonly before: Tool;
  readonly after: Tool;
  readonly parts: readonly ToolPart[];
}

export interface ToolChanges {
  readonly added: readonly Tool[];
  readonly removed: readonly Tool[];
  readonly changed: readonly ChangedTool[];
}

/** What another version changes of a plugin's tools, as its manifest tells of them. */
export const toolChanges = (
  before: VersionDto["manifest"] | undefined,
  after: VersionDto["manifest"] | undefined,
): ToolChanges => {
  const [old, now] = [toolsOf(before), toolsOf(after)];
  return {
    added: [...now.values()].filter(({ name }) => !old.has(name)),
    removed: [...old.values()].filter(({ name }) => !now.has(name)),
    changed: [...now.values()].flatMap((tool) => {
      const was = old.get(tool.name);
      const parts = was === undefined ? [] : TOOL_PARTS.filter((part) => !isSame(was[part], tool[part]));
      return was === undefined || parts.length === 0 ? [] : [{ before: was, after: tool, parts }];
    }),
  };
};

const toolsOf = (manifest: VersionDto["manifest"] | undefined): ReadonlyMap<string, Tool> =>
  new Map((manifest?.contributes?.tools ?? []).map((tool) => [tool.name, tool]));

const isSame = (one: unknown, other: unknown): boolean =>
  canonicalJson(one ?? null) === canonicalJson(other ?? null);
