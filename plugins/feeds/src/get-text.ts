import { InvalidInputError, PluginError } from "@patchbay/sdk";

/** The text at a web address. Throws `InvalidInputError` for another kind of address, `PluginError` when the server refuses. */
export const getText = async (url: string, signal: AbortSignal, accept: string): Promise<string> => {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") {
    throw new InvalidInputError(`"${url}" is not a web address.`, {
      errors: [{ pointer: "/url", message: "Write it with https:// at the front." }],
    });
  }
  const response = await fetch(parsed, { signal, headers: { accept } });
  if (response.ok) return await response.text();
  throw new PluginError("plugin_error", `${parsed.host} answered ${response.status} ${response.statusText}.`);
};
