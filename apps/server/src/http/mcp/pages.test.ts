import { expect, it } from "vitest";
import { pageOfNamed } from "./pages.ts";

const named = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: String(index).padStart(5, "0") }));

it("gives each entry once, page after page", () => {
  const all = named(1_234);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOfNamed(all, cursor);
    seen.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(all.map(({ name }) => name));
});

it("goes on after an entry that is gone", () => {
  const { nextCursor } = pageOfNamed(named(600), undefined);
  const rest = pageOfNamed(
    named(600).filter(({ name }) => name !== "00499"),
    nextCursor,
  );
  expect(rest.items[0]).toEqual({ name: "00500" });
});

it.each(["", "zzzz", "%%%", "x".repeat(5_000)])("refuses what is no cursor: %.10s", (cursor) => {
  expect(() => pageOfNamed(named(3), cursor)).toThrow("cursor");
});
