import { type Prompt, ProtocolError, ResourceNotFoundError, type Server } from "@modelcontextprotocol/server";
import type { OfferedContent, OfferedPrompt, OfferedResource } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { Asking } from "./asking.ts";
import { toContentBlock, toResourceContents } from "./content-blocks.ts";
import type { McpRequest } from "./mcp-request.ts";
import { CACHING, pageOfNamed } from "./pages.ts";
import { toProtocolError } from "./rpc-errors.ts";

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
  server.setRequestHandler("prompts/list", async ({ params }) => {
    const { items, nextCursor } = pageOfNamed(await content.listPrompts(request), params?.cursor);
    return { prompts: items.map(toPrompt), ...(nextCursor && { nextCursor }), ...CACHING };
  });
  server.setRequestHandler("prompts/get", async ({ params }, context) => {
    const { name, arguments: args = {} } = params;
    const { signal } = context.mcpReq;
    const found = await orProtocolError(content.findPrompt(request, name));
    const call = { ...found, caller: request.caller, kind: "prompts", input: args } as const;
    return await orProtocolError(
      asking.answer(call, context, async (asks) => {
        const messages = await content.getPrompt(request, found, args, { signal, ...(asks && { asks }) });
        return {
          messages: messages.map((one) => ({ role: one.role, content: toContentBlock(one.content) })),
        };
      }),
    );
  });
  const listed = async (isTemplate: boolean, cursor: string | undefined) => {
    const all = (await content.listResources(request)).filter((one) => one.isTemplate === isTemplate);
    return pageOfNamed(
      all.map((one) => ({ name: one.uri, one })),
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
    const contents = await orProtocolError(content.readResource(request, uri, mcpReq.signal), uri);
    return { contents: contents.map((one) => toResourceContents(one)), ...CACHING };
  });
  server.setRequestHandler("completion/complete", async ({ params }, { mcpReq }) => {
    const { ref, argument, context } = params;
    const completing = { argument: argument.name, value: argument.value, given: context?.arguments ?? {} };
    const values = await orProtocolError(
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

/** Of these requests every failure is an error of the protocol: they have no other form for it. */
const orProtocolError = async <T>(work: Promise<T>, uri?: string): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProtocolError || !(error instanceof PatchbayError)) throw error;
    if (uri !== undefined && error.code === "resource_not_found")
      throw new ResourceNotFoundError(uri, error.message);
    throw toProtocolError(error);
  }
};
