import Type, { type Static } from "typebox";
import { answers, type HostDomain, strict } from "./domain.ts";

/** The request's body is the frame's attachment. */
const FetchParams = Type.Object(
  {
    url: Type.String({ maxLength: 16_384 }),
    method: Type.String({ pattern: "^[A-Z]{1,16}$" }),
    headers: Type.Array(Type.Tuple([Type.String({ maxLength: 256 }), Type.String({ maxLength: 16_384 })]), {
      maxItems: 200,
    }),
    redirect: Type.Union([Type.Literal("follow"), Type.Literal("manual"), Type.Literal("error")]),
    hasBody: Type.Boolean(),
  },
  strict,
);
export type FetchParams = Static<typeof FetchParams>;

/** What `fetch` answers before its body, which follows as a stream of bytes. */
export interface FetchHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly url: string;
  readonly redirected: boolean;
}

/** Other servers. Plugins have it as the platform's own `fetch`. */
export const FETCH = {
  fetch: { permission: "net.fetch", params: FetchParams, answer: answers<FetchHead>() },
} as const satisfies HostDomain;
