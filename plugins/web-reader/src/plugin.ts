import { definePlugin, InvalidInputError, PluginError, tool } from "@patchbay/sdk";
import { articleOf } from "./article.ts";

export default definePlugin({
  tools: {
    read: tool({
      title: "Read a page",
      description:
        "Gets a web page and answers with its readable text as Markdown, without navigation and advertisements.",
      input: {
        type: "object",
        properties: {
          url: { type: "string", minLength: 1, maxLength: 2_000, description: "The page's address" },
        },
        required: ["url"],
        additionalProperties: false,
      },
      async run(given, { signal }) {
        const { url } = given as { url: string };
        const parsed = URL.parse(url);
        if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") {
          throw new InvalidInputError(`"${url}" is not a web address.`, {
            errors: [{ pointer: "/url", message: "Write it with https:// at the front." }],
          });
        }
        const response = await fetch(parsed, {
          signal,
          headers: { accept: "text/html, application/xhtml+xml" },
        });
        if (!response.ok)
          throw new PluginError(
            "plugin_error",
            `${parsed.host} answered ${response.status} ${response.statusText}.`,
          );
        return articleOf(await response.text(), response.url || parsed.href);
      },
    }),
  },
});
