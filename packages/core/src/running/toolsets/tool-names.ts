import { createHash } from "node:crypto";

/** What the strictest of those who call tools by name take: OpenAI, Anthropic and the clients built on them. */
const MAX_NAME_LENGTH = 64;
const DIGEST_LENGTH = 8;

/** A tool by its plugin and its name there. */
export interface ToolAddress {
  readonly plugin: string;
  readonly tool: string;
}

/**
 * The name of a tool among those of all plugins, of letters, digits, hyphens and underscores: `acme_weather_forecast` for the tool
 * `forecast` of `acme.weather`. No part of a plugin's id has an underscore, so that no two tools share one; a name that is too long ends in a digest of itself.
 */
export const exposedName = ({ plugin, tool }: ToolAddress): string => {
  const whole = `${plugin.replace(".", "_")}_${tool}`;
  if (whole.length <= MAX_NAME_LENGTH) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, DIGEST_LENGTH);
  return `${whole.slice(0, MAX_NAME_LENGTH - DIGEST_LENGTH - 1)}_${digest}`;
};

const PART = "[a-z0-9][a-z0-9-]*";
const NAME = new RegExp(`^(${PART})[._](${PART})_([a-zA-Z][a-zA-Z0-9_-]*)$`);

/** The tool that a name says, in the form in which names are listed or with the plugin's id as it is; null for what is no such name. */
export const addressIn = (name: string): ToolAddress | null => {
  const [, publisher, plugin, tool] = NAME.exec(name) ?? [];
  return tool === undefined ? null : { plugin: `${publisher}.${plugin}`, tool };
};

/** Whether the name may be that of a tool with a longer one, which only the list of tools tells. */
export const mayBeCut = (name: string): boolean => name.length === MAX_NAME_LENGTH;
