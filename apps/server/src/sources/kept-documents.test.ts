import { expect, it } from "vitest";
import { KeptDocuments } from "./kept-documents.ts";

const of = (bytes: number) => ({ etag: null, readAt: 0, value: bytes, bytes });

it("keeps the documents that were put last, as far as their number and their bytes allow", () => {
  const kept = new KeptDocuments(3, 100);
  const paths = () => ["a", "b", "c", "d", "e"].filter((path) => kept.get(path) !== undefined);
  for (const path of ["a", "b", "c", "d"]) kept.put(path, of(10));
  expect(paths()).toEqual(["b", "c", "d"]);
  kept.put("b", of(80));
  expect(paths()).toEqual(["b", "c", "d"]);
  kept.put("e", of(20));
  expect(paths()).toEqual(["b", "e"]);
  kept.put("b", of(10));
  kept.put("a", of(70));
  expect(paths()).toEqual(["a", "b", "e"]);
  kept.put("c", of(101));
  expect(paths()).toEqual([]);
  kept.put("d", of(100));
  expect(paths()).toEqual(["d"]);
});
