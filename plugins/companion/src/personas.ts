/** Who answers, as the model is told. */
export interface Persona {
  readonly id: string;
  readonly name: string;
  /** A character or two, such as an emoji. */
  readonly avatar: string;
  /** How it speaks. */
  readonly tone: string;
  /** What it should know and do. */
  readonly instructions: string;
}

export const COMPANION: Persona = {
  id: "companion",
  name: "Companion",
  avatar: "✦",
  tone: "",
  instructions: "",
};

/** What the model is told of itself; undefined where there is nothing to tell. */
export const promptOf = ({ name, tone, instructions }: Persona): string | undefined => {
  const lines = [
    name === COMPANION.name ? "" : `You are ${name}.`,
    tone === "" ? "" : `Your tone: ${tone}`,
    instructions,
  ].filter((line) => line !== "");
  return lines.length === 0 ? undefined : lines.join("\n");
};

/** What is kept as personas, which another version may have written. The first one is always there. */
export const personasIn = (kept: unknown): readonly Persona[] => {
  const found = Array.isArray(kept) ? kept.filter(isPersona) : [];
  return found.length === 0 ? [COMPANION] : found;
};

const FIELDS = ["id", "name", "avatar", "tone", "instructions"] as const satisfies readonly (keyof Persona)[];

const isPersona = (value: unknown): value is Persona =>
  typeof value === "object" &&
  value !== null &&
  FIELDS.every((field) => typeof (value as Record<string, unknown>)[field] === "string");
