/** As the evaluated script is called in stacks. */
export const SCRIPT_NAME = "plugin.js";
/** Lines that `new Function` puts before a script. */
const LINES_BEFORE_SCRIPT = 2;

/** Where the guest's own code is: a path of the machine, which is nobody's to know. */
const ownFile = /(file:[^\s)]+?):\d+:\d+/.exec(new Error().stack ?? "")?.[1] ?? "file:";

const SCRIPT_PLACE = new RegExp(`${SCRIPT_NAME.replace(".", "\\.")}, <anonymous>:(\\d+)`, "g");

/** Text in which stacks name the plugin's own code, by its lines, and nothing of the guest's. */
export const withoutOwnFrames = (text: string): string => {
  if (!text.includes(ownFile) && !text.includes(SCRIPT_NAME)) return text;
  return text
    .split("\n")
    .filter((line) => !(line.startsWith("    at ") && line.includes(ownFile)))
    .join("\n")
    .replaceAll(ownFile, "patchbay")
    .replace(SCRIPT_PLACE, (_, line: string) => `${SCRIPT_NAME}:${Number(line) - LINES_BEFORE_SCRIPT}`);
};
