/** Whether an id is among those that are named, by themselves or as `publisher.*`. */
export const matchesPlugin = (patterns: "all" | readonly string[], pluginId: string): boolean =>
  patterns === "all" ||
  patterns.some((pattern) =>
    pattern.endsWith(".*") ? pluginId.startsWith(pattern.slice(0, -1)) : pattern === pluginId,
  );
