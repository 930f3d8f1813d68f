import type { ToolDto } from "@patchbay/protocol";
import type { ToolGroup } from "../../components/try-tool/tool-browser.tsx";

/** The tools in which every word of `q` occurs (in name, title, description or plugin), by plugin, plugins by name. */
export const groupTools = (
  tools: readonly ToolDto[],
  q: string,
  nameOf: (plugin: string) => string,
): ToolGroup[] => {
  const words = q.toLowerCase().split(/\s+/);
  const found = tools.filter(({ plugin, tool, title = "", description }) => {
    const all = [plugin, nameOf(plugin), tool, title, description].join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return [...Map.groupBy(found, ({ plugin }) => plugin)]
    .map(([key, ofPlugin]) => ({ key, title: nameOf(key), tools: ofPlugin }))
    .sort((a, b) => a.title.localeCompare(b.title));
};
