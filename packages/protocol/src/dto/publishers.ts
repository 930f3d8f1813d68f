import Type, { type Static } from "typebox";

const Time = Type.String({ description: "RFC 3339" });
const PublisherId = Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$", maxLength: 64 });

/** A publisher's key as it is known to this deployment. */
export const KnownKeyDto = Type.Object({
  publisher: Type.String(),
  keyId: Type.String({ description: "SHA-256 of the key's SPKI DER form, hex" }),
  publicKey: Type.String({ description: "SPKI in DER, base64" }),
  endorsedBy: Type.Optional(Type.String({ description: "Id of the key that vouched for it" })),
  revoked: Type.Optional(Type.Object({ at: Time, reason: Type.Enum(["superseded", "compromised"]) })),
  learnedFrom: Type.String({ description: "Address of a marketplace, or the name of an administrator" }),
  learnedAt: Time,
});
export type KnownKeyDto = Static<typeof KnownKeyDto>;

export const PublisherParams = Type.Object({ publisher: PublisherId });

export const AcceptKeyBody = Type.Object(
  {
    publisher: PublisherId,
    publicKey: Type.String({ maxLength: 200, description: "Ed25519, SPKI in DER, base64" }),
  },
  { additionalProperties: false },
);
export type AcceptKeyBody = Static<typeof AcceptKeyBody>;
