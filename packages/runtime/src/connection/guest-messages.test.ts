import { GUEST_MESSAGES } from "@patchbay/protocol";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { readGuestMessage } from "./guest-messages.ts";

const TYPES = Object.keys(GUEST_MESSAGES) as (keyof typeof GUEST_MESSAGES)[];
const validators = Object.fromEntries(TYPES.map((t) => [t, Compile(GUEST_MESSAGES[t])]));

/** Values that are nearly messages: the right fields with right and wrong values, and others beside them. */
const nearMessage = fc.record(
  {
    t: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...TYPES) }, fc.jsonValue()),
    id: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.string()),
    value: fc.jsonValue(),
    stream: fc.oneof(fc.constant(true), fc.jsonValue()),
    n: fc.oneof(fc.integer(), fc.jsonValue()),
    chunks: fc.oneof(fc.integer(), fc.jsonValue()),
    method: fc.oneof(fc.string(), fc.jsonValue()),
    level: fc.oneof(fc.constantFrom("debug", "info"), fc.jsonValue()),
    message: fc.oneof(fc.string(), fc.jsonValue()),
    error: fc.oneof(fc.record({ code: fc.string(), message: fc.string() }), fc.jsonValue()),
    other: fc.jsonValue(),
  },
  { requiredKeys: ["t"] },
);

test("a message is taken when and only when its schema takes it, and nothing makes the check throw", () => {
  fc.assert(
    fc.property(fc.oneof(nearMessage, fc.jsonValue()), (value) => {
      const t = (value as { t?: unknown } | null)?.t;
      const validator = typeof t === "string" && Object.hasOwn(validators, t) ? validators[t] : undefined;
      const parsed: unknown = JSON.parse(JSON.stringify(value));
      expect(readGuestMessage(parsed) !== undefined).toBe(validator?.Check(parsed) ?? false);
    }),
    { numRuns: 5_000 },
  );
});

test("the fields of another object's prototype are not those of a message", () => {
  for (const text of [
    '{"t":"__proto__"}',
    '{"t":"toString"}',
    '{"__proto__":{"t":"ready"}}',
    '{"t":"value","id":1,"__proto__":{"a":1}}',
  ])
    expect(readGuestMessage(JSON.parse(text))).toBeUndefined();
});
