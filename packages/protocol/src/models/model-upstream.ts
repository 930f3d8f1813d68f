import Type, { type Static, type TStringOptions } from "typebox";
import { strict } from "../manifest-fields.ts";

/** The wire formats that Patchbay speaks to clients of models and to servers that have models. */
export const MODEL_FORMATS = ["openai-chat", "openai-responses", "anthropic-messages"] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/** Who writes requests to a provider's upstream: Patchbay alone (`direct`), or the plugin changes what Patchbay has written (`adapted`). */
export const UPSTREAM_GRADES = ["direct", "adapted"] as const;
export type UpstreamGrade = (typeof UPSTREAM_GRADES)[number];

const fields = (name: TStringOptions, most: number) =>
  Type.Record(Type.String(name), Type.String({ maxLength: 8_192, pattern: "^[^\\u0000-\\u001f\\u007f]*$" }), {
    maxProperties: most,
  });

/** A server that has models, which Patchbay asks in the plugin's stead. */
export const ModelUpstream = Type.Object(
  {
    format: Type.Enum([...MODEL_FORMATS]),
    /** An address of http or https without the format's own paths: these (`/chat/completions`, `/responses`, `/messages`, `/embeddings`) come behind it. */
    baseUrl: Type.String({ minLength: 1, maxLength: 2_048, pattern: "^[hH][tT][tT][pP][sS]?://" }),
    /** Sent with every request; placeholders of secrets become the secrets. */
    headers: Type.Optional(fields({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$" }, 50)),
    /** Put behind the address of every request. */
    query: Type.Optional(fields({ minLength: 1, maxLength: 128 }, 20)),
  },
  strict,
);
export type ModelUpstream = Static<typeof ModelUpstream>;
