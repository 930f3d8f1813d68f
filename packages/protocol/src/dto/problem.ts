import Type, { type Static } from "typebox";

/** An error as RFC 9457 has it, with Patchbay's code. Further members carry facts, such as `missing`. */
export const ProblemDto = Type.Object(
  {
    type: Type.String({ description: "Where the code is explained" }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    remedy: Type.String(),
    requestId: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true },
);
export type ProblemDto = Static<typeof ProblemDto>;
