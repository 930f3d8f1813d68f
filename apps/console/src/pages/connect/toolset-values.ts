import type { ToolsetBody, ToolsetChangeBody, ToolsetDto } from "@patchbay/protocol";

export type ChosenTool = ToolsetDto["tools"][number];

/** What is entered of a toolset. */
export interface ToolsetValues {
  readonly title: string;
  readonly description: string;
  readonly mode: ToolsetDto["mode"];
  readonly tools: readonly ChosenTool[];
}

export const NO_VALUES: ToolsetValues = { title: "", description: "", mode: "tools", tools: [] };

export const valuesOf = ({ title = "", description = "", mode, tools }: ToolsetDto): ToolsetValues => ({
  title,
  description,
  mode,
  tools,
});

export const bodyOf = (name: string, { title, description, mode, tools }: ToolsetValues): ToolsetBody => ({
  name,
  ...(title.trim() !== "" && { title: title.trim() }),
  ...(description.trim() !== "" && { description: description.trim() }),
  mode,
  tools: tools.map(sentTool),
});

/** An empty text takes away what was there. */
export const changeOf = ({ title, description, mode, tools }: ToolsetValues): ToolsetChangeBody => ({
  title: title.trim() === "" ? null : title.trim(),
  description: description.trim() === "" ? null : description.trim(),
  mode,
  tools: tools.map(sentTool),
});

/** A name that is empty, or the tool's own, is none. */
const sentTool = ({ plugin, tool, name = "" }: ChosenTool): ChosenTool => ({
  plugin,
  tool,
  ...(name !== "" && name !== tool && { name }),
});

export const keyOf = ({ plugin, tool }: Pick<ChosenTool, "plugin" | "tool">): string => `${plugin}/${tool}`;

/** The names that more than one of the tools would have. */
export const collisionsOf = (tools: readonly ChosenTool[]): ReadonlySet<string> => {
  const names = tools.map(({ tool, name }) => (name ? name : tool));
  return new Set(names.filter((name, place) => names.indexOf(name) !== place));
};
