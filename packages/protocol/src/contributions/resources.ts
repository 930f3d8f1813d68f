import Type, { type Static } from "typebox";
import type { FieldError, Result } from "../errors.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { uriTemplateFault } from "../uri-template.ts";
import { type ServerKind, wordsOf } from "./kind.ts";

const Uri = Type.String({
  minLength: 3,
  maxLength: 512,
  pattern: "^[a-z][a-z0-9+.-]*:[^\\s]+$",
  description: "an address such as docs://guide, or a template such as docs://pages/{page}",
});
const MediaType = Type.String({
  maxLength: 128,
  pattern: "^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$",
  description: "a media type such as text/markdown",
});

const ResourceContribution = Type.Object(
  {
    name: ContributionName,
    title: OptionalTitle,
    description: Type.Optional(Description),
    uri: Uri,
    mediaType: Type.Optional(MediaType),
  },
  { ...strict, description: "an object with name and uri" },
);
type ResourceContribution = Static<typeof ResourceContribution>;

const FoundResource = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
  uri: Type.Optional(Type.String({ maxLength: 1_024 })),
  mediaType: Type.Optional(Type.String({ maxLength: 256 })),
});
type FoundResource = Static<typeof FoundResource>;

/** What people and models can read at an address, given by server code. */
export const resources = {
  words: { one: "resource", many: "resources" },
  entry: ResourceContribution,
  list: { maxItems: 200, description: "a list of resources" },
  bundle: "main",
  found: FoundResource,
  notFound: "resource_not_found",
  faultsOf({ uri }: ResourceContribution, pointer: string): FieldError[] {
    const fault = uriTemplateFault(uri);
    return fault === null ? [] : [{ pointer: `${pointer}/uri`, message: fault }];
  },
  entryOf(
    found: FoundResource,
    declared: ResourceContribution | undefined,
  ): Result<ResourceContribution, string> {
    const { uri = declared?.uri, mediaType = declared?.mediaType } = found;
    if (uri === undefined) return { ok: false, error: `Give "${found.name}" a uri in the code.` };
    return {
      ok: true,
      value: {
        name: found.name,
        ...wordsOf(found, declared),
        uri,
        ...(mediaType !== undefined && { mediaType }),
      },
    };
  },
} as const satisfies ServerKind;
