import Type, { type Static } from "typebox";
import { MAX_PATTERN_LENGTH, pathPatternFault } from "../endpoint-path.ts";
import type { FieldError, Result } from "../errors.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { type ServerKind, wordsOf } from "./kind.ts";

/** Methods that endpoints answer. What is asked before a page of another site may send something (OPTIONS) is the server's to answer. */
export const ENDPOINT_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type EndpointMethod = (typeof ENDPOINT_METHODS)[number];

/** How whoever calls an endpoint proves that they may: not at all, by a key, or by a signature of the whole message (Standard Webhooks). */
export const ENDPOINT_AUTHENTICATIONS = ["none", "key", "signature"] as const;
export type EndpointAuthentication = (typeof ENDPOINT_AUTHENTICATIONS)[number];

const DEFAULT_PATH = "/*";

const Methods = Type.Array(Type.Enum([...ENDPOINT_METHODS]), {
  minItems: 1,
  maxItems: ENDPOINT_METHODS.length,
  uniqueItems: true,
  description: `a list of ${ENDPOINT_METHODS.join(", ")}`,
});
const Path = Type.String({
  maxLength: MAX_PATTERN_LENGTH,
  description: "a path such as /orders/{id} or /files/*",
});
const Authentication = Type.Enum([...ENDPOINT_AUTHENTICATIONS], {
  description: `one of ${ENDPOINT_AUTHENTICATIONS.join(", ")}`,
});

const EndpointContribution = Type.Object(
  {
    name: ContributionName,
    title: OptionalTitle,
    description: Type.Optional(Description),
    methods: Methods,
    path: Type.Optional(Path),
    authentication: Authentication,
  },
  { ...strict, description: "an object with name, methods and authentication" },
);
type EndpointContribution = Static<typeof EndpointContribution>;

const FoundEndpoint = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
  methods: Type.Optional(Methods),
  path: Type.Optional(Path),
  authentication: Type.Optional(Authentication),
});
type FoundEndpoint = Static<typeof FoundEndpoint>;

/** Functions of server code that answer requests from outside, at an address that an administrator makes. */
export const endpoints = {
  words: { one: "endpoint", many: "endpoints" },
  entry: EndpointContribution,
  list: { maxItems: 50, description: "a list of endpoints" },
  bundle: "main",
  found: FoundEndpoint,
  notFound: "endpoint_not_found",
  permissionOf: () => ({ name: "endpoints.serve" as const, field: "" }),
  faultsOf({ path }: EndpointContribution, pointer: string): FieldError[] {
    const message = path === undefined ? null : pathPatternFault(path);
    return message === null ? [] : [{ pointer: `${pointer}/path`, message }];
  },
  entryOf(
    { name, title, description, ...said }: FoundEndpoint,
    declared: EndpointContribution | undefined,
  ): Result<EndpointContribution, string> {
    const { methods, path, authentication } = { ...declared, ...said };
    if (methods === undefined || authentication === undefined)
      return {
        ok: false,
        error: `Say in the code which "methods" the endpoint "${name}" answers, and its "authentication".`,
      };
    const value = {
      name,
      ...wordsOf({ title, description }, declared),
      methods,
      ...(path !== undefined && { path }),
      authentication,
    };
    return { ok: true, value };
  },
} as const satisfies ServerKind;

/** The pattern of paths that an endpoint answers at. */
export const pathOfEndpoint = ({ path = DEFAULT_PATH }: Pick<EndpointContribution, "path">): string => path;
