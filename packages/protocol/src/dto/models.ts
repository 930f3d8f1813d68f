import Type, { type Static } from "typebox";

/** What one of a plugin's model providers said when its connection was tested. */
export const ProviderTestDto = Type.Object({
  name: Type.String(),
  title: Type.Optional(Type.String()),
  status: Type.Union([Type.Literal("answers"), Type.Literal("not_set_up"), Type.Literal("fails")], {
    description: "`not_set_up`: its settings do not say all that it needs",
  }),
  models: Type.Optional(Type.Integer({ minimum: 0, description: "How many it has" })),
  message: Type.Optional(Type.String({ description: "Why it does not answer, in a sentence" })),
});
export type ProviderTestDto = Static<typeof ProviderTestDto>;
