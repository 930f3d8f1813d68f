/** How callers may say who they are. */
export const SECURITY_SCHEMES = {
  apiKey: { type: "http", scheme: "bearer", description: "An API key, pb_…" },
  publisherToken: { type: "http", scheme: "bearer", description: "A publisher's token, pbp_…" },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "patchbay_session",
    description:
      "What signing in sets, for the console's own pages. Its name begins with `__Host-` where the server is reached by https, and ends with the port where that is not the usual one.",
  },
} as const;

const text = { type: "string" } as const;

/** Headers of requests that some routes read, by the names that those use. */
export const PARAMETERS = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description:
      "A text that no other request had. The answer to a request that is repeated with it is the first one's.",
    schema: { ...text, minLength: 1, maxLength: 200 },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The ETag of what was read. 412 when somebody has changed it since.",
    schema: text,
  },
  LastEventId: {
    name: "Last-Event-ID",
    in: "header",
    description: "The id of the last event that was seen: what comes after it is sent.",
    schema: text,
  },
  Traceparent: {
    name: "traceparent",
    in: "header",
    description:
      "W3C Trace Context: the trace that the call belongs to. The log of calls keeps its id, and the plugin is told.",
    schema: text,
  },
  Range: { name: "Range", in: "header", description: "One range of bytes.", schema: text },
} as const;
export type ReadHeader = keyof typeof PARAMETERS;

export const HEADERS = {
  Location: { description: "Where what was made is.", schema: { ...text, format: "uri-reference" } },
  RetryAfter: {
    description: "In how many seconds it is worth another try, where that is known.",
    schema: { type: "integer", minimum: 1 },
  },
} as const;

/** The answer to whatever could not be done. */
export const RESPONSES = {
  Problem: {
    description: "What went wrong, and what to do",
    headers: { "Retry-After": { $ref: "#/components/headers/RetryAfter" } },
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/ProblemDto" } } },
  },
} as const;
