import Type, { type Static } from "typebox";
import { ENDPOINT_AUTHENTICATIONS, ENDPOINT_METHODS } from "../contributions/endpoints.ts";
import { TEXT } from "../text.ts";

const strict = { additionalProperties: false };
const Time = Type.String({ description: "RFC 3339" });
const Authentication = Type.Enum([...ENDPOINT_AUTHENTICATIONS], {
  description:
    "What whoever sends a request has to bring: nothing, a key, or a signature as Standard Webhooks has it",
});

/** More than these are no limits. */
const MAX_PER_MINUTE = 1_000_000;
const MAX_BODY_BYTES = 2_147_483_647;
const MAX_SECONDS = 3_600;
const MAX_ORIGINS = 20;
const MAX_KEPT_SECONDS = 30 * 24 * 60 * 60;

const CHOICES = {
  title: Type.String({ minLength: 1, maxLength: 128, format: TEXT }),
  authentication: Authentication,
  enabled: Type.Boolean(),
  perMinute: Type.Integer({
    minimum: 1,
    maximum: MAX_PER_MINUTE,
    description:
      "Requests in a minute on each node: of all who bring a key or a signature, otherwise of each network",
  }),
  maxBodyBytes: Type.Integer({ minimum: 0, maximum: MAX_BODY_BYTES }),
  maxSeconds: Type.Integer({
    minimum: 1,
    maximum: MAX_SECONDS,
    description: "From the beginning of a request to the end of its answer",
  }),
  origins: Type.Array(
    Type.String({ maxLength: 256, pattern: "^(?:\\*|https?://[a-z0-9.-]+(?::[0-9]{1,5})?)$" }),
    {
      maxItems: MAX_ORIGINS,
      uniqueItems: true,
      description: "Origins of pages that may call it from a browser; * is every one",
    },
  ),
  keepsBodies: Type.Boolean({ description: "Whether the list of requests has bodies of at most 64 KiB" }),
};

export const EndpointSecretDto = Type.Object({
  id: Type.String(),
  hint: Type.String({ description: "How it begins" }),
  createdAt: Time,
  expiresAt: Type.Optional(Type.String({ description: "RFC 3339; absent while it holds on" })),
});

/** An address at which a plugin answers requests from outside. */
export const EndpointDto = Type.Object(
  {
    id: Type.String(),
    plugin: Type.String(),
    endpoint: Type.String({ description: "The name that the plugin gives it" }),
    description: Type.Optional(Type.String()),
    project: Type.Optional(Type.String({ description: "Slug of the only project that it is for" })),
    url: Type.String(),
    path: Type.Optional(Type.String({ description: "Where below the address it answers" })),
    methods: Type.Array(Type.Enum([...ENDPOINT_METHODS])),
    demanded: Type.Optional(
      Type.Enum([...ENDPOINT_AUTHENTICATIONS], {
        description: "What the plugin's author demands; none: anything may be chosen",
      }),
    ),
    ...CHOICES,
    state: Type.Enum(["serving", "off", "failing"], {
      description: "failing: it is switched on, and nothing answers; fault says why",
    }),
    fault: Type.Optional(Type.String()),
    secrets: Type.Array(EndpointSecretDto),
    createdAt: Time,
  },
  { title: "Endpoint" },
);
export type EndpointDto = Static<typeof EndpointDto>;

/** What plugins can answer, for which addresses can be made. */
export const OfferedEndpointDto = Type.Object({
  plugin: Type.String(),
  endpoint: Type.String(),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  methods: Type.Array(Type.Enum([...ENDPOINT_METHODS])),
  path: Type.String(),
  authentication: Authentication,
  projects: Type.Array(Type.String(), { description: "Slugs of projects for which one can be made" }),
  forAll: Type.Boolean({ description: "Whether one can be made for the whole organization" }),
});
export type OfferedEndpointDto = Static<typeof OfferedEndpointDto>;

const Address = Type.String({
  pattern: "^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$",
  description:
    "What the address ends with, after the organization's name; one that nobody can guess unless it is given",
});

export const NewEndpointBody = Type.Object(
  {
    plugin: Type.String({ maxLength: 100 }),
    endpoint: Type.String({ maxLength: 64 }),
    project: Type.Optional(Type.String({ maxLength: 63 })),
    address: Type.Optional(Address),
    ...Type.Partial(Type.Object(CHOICES)).properties,
  },
  strict,
);
export type NewEndpointBody = Static<typeof NewEndpointBody>;

export const EndpointPatch = Type.Partial(Type.Object(CHOICES), strict);
export type EndpointPatch = Static<typeof EndpointPatch>;

export const RotateEndpointBody = Type.Object(
  {
    of: Type.Enum(["secret", "address"]),
    keptSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_KEPT_SECONDS,
        description: "Of secrets: how long those before it still hold; a day unless given",
      }),
    ),
    address: Type.Optional(Address),
  },
  strict,
);
export type RotateEndpointBody = Static<typeof RotateEndpointBody>;

export const MadeEndpointDto = Type.Object({
  endpoint: EndpointDto,
  secret: Type.Optional(
    Type.String({ description: "The key, or what messages are signed with: shown once" }),
  ),
});
export type MadeEndpointDto = Static<typeof MadeEndpointDto>;

/** A request as the list has it. Secrets in headers and query are masked. */
export const EndpointRequestDto = Type.Object(
  {
    id: Type.String(),
    at: Time,
    method: Type.String(),
    path: Type.String(),
    query: Type.String(),
    headers: Type.Array(Type.Array(Type.String()), { description: "Pairs of a name and a value" }),
    status: Type.Integer(),
    durationMs: Type.Integer(),
    requestBytes: Type.Integer(),
    answerBytes: Type.Integer(),
    code: Type.Optional(Type.String({ description: "Of the error that it ended with" })),
    message: Type.Optional(Type.String()),
    replayOf: Type.Optional(Type.String({ description: "The request that was made once more" })),
    replayable: Type.Boolean({ description: "Whether all of it is there, but for what is masked" }),
  },
  { title: "EndpointRequest" },
);
export type EndpointRequestDto = Static<typeof EndpointRequestDto>;

/** One request, with its body. */
export const WholeEndpointRequestDto = Type.Object(
  {
    ...EndpointRequestDto.properties,
    body: Type.Optional(Type.String({ description: "In base64, where the endpoint keeps bodies" })),
  },
  { title: "WholeEndpointRequest" },
);
export type WholeEndpointRequestDto = Static<typeof WholeEndpointRequestDto>;
