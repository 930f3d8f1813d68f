import Type, { type Static } from "typebox";
import { PluginId } from "../manifest.ts";
import { LINES, TEXT } from "../text.ts";
import { OsvDto, RegistryBadge, RegistryPublisherDto } from "./registry.ts";

/** What publishers and operators send to a registry, and what it tells only them. */

const strict = { additionalProperties: false } as const;
const Time = Type.String({ format: "date-time", maxLength: 40 });
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength, format: TEXT });
const Lines = (maxLength: number) => Type.String({ minLength: 1, maxLength, format: LINES });
export const PublisherName = Type.String({
  pattern: "^[a-z0-9][a-z0-9-]*$",
  maxLength: 64,
  description: "the first part of the ids of the publisher's plugins",
});

export const PublisherBody = Type.Object(
  {
    publisher: PublisherName,
    name: Text(200),
    url: Type.Optional(Type.String({ maxLength: 2_000, pattern: "^https?://[^\\s\\u0000]+$" })),
  },
  strict,
);
export type PublisherBody = Static<typeof PublisherBody>;

/** A publisher as its owner sees it. */
export const OwnPublisherDto = Type.Object({
  ...RegistryPublisherDto.properties,
  proofLine: Type.String({
    description:
      "What a TXT record of `_patchbay.<domain>`, or `/.well-known/patchbay-publisher.txt`, has to say",
  }),
});
export type OwnPublisherDto = Static<typeof OwnPublisherDto>;

export const ProofBody = Type.Object(
  {
    kind: Type.Enum(["dns", "well-known", "operator"]),
    domain: Type.Optional(Type.String({ maxLength: 253 })),
  },
  strict,
);
export type ProofBody = Static<typeof ProofBody>;

export const PublisherTokenBody = Type.Object({ name: Text(100), expiresAt: Type.Optional(Time) }, strict);
export type PublisherTokenBody = Static<typeof PublisherTokenBody>;

export const PublisherTokenDto = Type.Object({
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String(),
  createdAt: Type.String(),
  expiresAt: Type.Optional(Type.String()),
});
export type PublisherTokenDto = Static<typeof PublisherTokenDto>;

export const CreatedPublisherTokenDto = Type.Object({
  ...PublisherTokenDto.properties,
  token: Type.String({ description: "Shown this once" }),
});
export type CreatedPublisherTokenDto = Static<typeof CreatedPublisherTokenDto>;

export const PublisherKeyBody = Type.Object(
  {
    publicKey: Type.String({ maxLength: 200 }),
    endorsement: Type.Optional(
      Type.Object(
        { keyId: Type.String({ maxLength: 64 }), signature: Type.String({ maxLength: 128 }) },
        strict,
      ),
    ),
  },
  strict,
);
export type PublisherKeyBody = Static<typeof PublisherKeyBody>;

export const KeyRevocationBody = Type.Object({ reason: Type.Enum(["superseded", "compromised"]) }, strict);
export type KeyRevocationBody = Static<typeof KeyRevocationBody>;

export const FindingDto = Type.Object({
  check: Type.String(),
  level: Type.Enum(["error", "review", "warning"]),
  message: Type.String(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
});
export type FindingDto = Static<typeof FindingDto>;

export const SUBMISSION_STATES = ["passed", "quarantined", "rejected", "released", "refused"] as const;

/** What became of a package that was sent. */
export const SubmissionDto = Type.Object({
  id: Type.Optional(Type.String({ description: "Absent when these bytes were published before" })),
  plugin: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  state: Type.Enum([...SUBMISSION_STATES], {
    description:
      "`passed`: published. `quarantined`: an administrator of the registry has to look. `rejected`: by a check. `released`, `refused`: by an administrator.",
  }),
  findings: Type.Array(FindingDto),
  reason: Type.Optional(Type.String()),
  createdAt: Type.Optional(Type.String()),
});
export type SubmissionDto = Static<typeof SubmissionDto>;

export const ReasonBody = Type.Object({ reason: Lines(2_000) }, strict);
export type ReasonBody = Static<typeof ReasonBody>;

export const DeprecationBody = Type.Object(
  { message: Lines(2_000), successor: Type.Optional(PluginId) },
  strict,
);
export type DeprecationBody = Static<typeof DeprecationBody>;

export const BadgeBody = Type.Object({ badge: RegistryBadge }, strict);
export type BadgeBody = Static<typeof BadgeBody>;

export const BlockBody = Type.Object(
  { plugin: PluginId, versions: Type.String({ minLength: 1, maxLength: 500 }), reason: Lines(2_000) },
  strict,
);
export type BlockBody = Static<typeof BlockBody>;

/** An advisory as it is sent: what is not read here is kept as it is. */
export const AdvisoryBody = Type.Object({
  ...OsvDto.properties,
  summary: Type.Optional(Text(500)),
  details: Type.Optional(Lines(20_000)),
});
