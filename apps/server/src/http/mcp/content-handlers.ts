import type { Prompt, Server } from "@modelcontextprotocol/server";
import type { OfferedContent, OfferedPrompt, OfferedResource } from "@patchbay/core";
import type { Asking } from "./asking.ts";
import { toContentBlock, toResourceContents } from "./content-blocks.ts";
import type { McpRequest } from "./mcp-request.ts";
import { CACHING, pageOfNamed } from "./pages.ts";
import { orProtocolError } from "./rpc-errors.ts";

/** What a server that has these handlers says of itself. */
export const CONTENT_CAPABILITIES = {
  prompts: { listChanged: true },
  resources: { listChanged: true },
  completions: {},
} as const;

/** Has the server answer with the prompts and resources of plugins. */
export const serveContent = (
  server: Server,
  request: McpRequest,
  { content, asking }: { readonly content: OfferedContent; readonly asking: Asking },
): void => {
  const orFail = <T>(work: () => Promise<T>, uri?: string): Promise<T> => orProtocolError(request, work, uri);
  server.setRequestHandler("prompts/list", async ({ params }) => {
    const all = await orFail(() => content.listPrompts(request));
    const { items, nextCursor } = pageOfNamed(all.map(toPrompt), params?.cursor);
    return { prompts: [...items], ...(nextCursor && { nextCursor }), ...CACHING };
  });
  server.setRequestHandler("prompts/get", async ({ params }, context) => {
    const { name, arguments: args = {} } = params;
    const { signal } = context.mcpReq;
    return await orFail(async () => {
      const found = await content.findPrompt(request, name);
      const call = { ...found, caller: request.caller, kind: "prompts", input: args } as const;
      return await asking.answer(call, context, async (asks) => {
        const messages = await content.getPrompt(request, found, args, { signal, ...(asks && { asks }) });
        return {
          messages: messages.map((one) => ({ role: one.role, content: toContentBlock(one.content) })),
        };
      });
    });
  });
  const listed = async (isTemplate: boolean, cursor: string | undefined) => {
    const all = await orFail(() => content.listResources(request));
    const wanted = all.filter((one) => one.isTemplate === isTemplate);
    return pageOfNamed(
      wanted.map((one) => ({ name: one.uri, one })),
      cursor,
    );
  };
  server.setRequestHandler("resources/list", async ({ params }) => {
    const { items, nextCursor } = await listed(false, params?.cursor);
    const resources = items.map(({ one }) => ({ uri: one.uri, ...headOf(one) }));
    return { resources, ...(nextCursor && { nextCursor }), ...CACHING };
  });
  server.setRequestHandler("resources/templates/list", async ({ params }) => {
    const { items, nextCursor } = await listed(true, params?.cursor);
    const resourceTemplates = items.map(({ one }) => ({ uriTemplate: one.uri, ...headOf(one) }));
    return { resourceTemplates, ...(nextCursor && { nextCursor }), ...CACHING };
  });
  server.setRequestHandler("resources/read", async ({ params: { uri } }, { mcpReq }) => {
    const contents = await orFail(() => content.readResource(request, uri, mcpReq.signal), uri);
    return { contents: contents.map((one) => toResourceContents(one)), ...CACHING };
  });
  server.setRequestHandler("completion/complete", async ({ params }, { mcpReq }) => {
    const { ref, argument, context } = params;
    const completing = { argument: argument.name, value: argument.value, given: context?.arguments ?? {} };
    const values = await orFail(() =>
      ref.type === "ref/prompt"
        ? content.completePrompt(request, ref.name, completing, mcpReq.signal)
        : content.completeResource(request, ref.uri, completing, mcpReq.signal),
    );
    return { completion: { values: [...values], total: values.length, hasMore: false } };
  });
};

const toPrompt = ({ name, entry }: OfferedPrompt): Prompt => {
  const { title, description, arguments: args } = entry;
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(args && { arguments: args }),
  };
};

const headOf = ({ entry: { name, title, description, mediaType } }: OfferedResource) => ({
  name,
  ...(title !== undefined && { title }),
  ...(description !== undefined && { description }),
  ...(mediaType !== undefined && { mimeType: mediaType }),
});
