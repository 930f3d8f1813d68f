import { expect, it } from "vitest";
import { hashOf, inputOfHash, tellable } from "./shared-input.ts";

it("an input comes back from the link that it is put into", () => {
  for (const input of [{}, { town: "Tromsø 😀", list: [1, null, { a: "+/=" }] }, "text", 0])
    expect(inputOfHash(hashOf(input) ?? "")).toEqual(input);
});

it("an input that is too long has no link", () => {
  expect(hashOf({ text: "x".repeat(5_000) })).toBeNull();
  expect(hashOf(undefined)).toBeNull();
});

it("what is no input in a link is none", () => {
  for (const hash of [
    "",
    "top",
    "input=",
    "input=!",
    "input=gICA",
    "input=e30=x",
    `input=${"A".repeat(100_000)}`,
  ])
    expect([hash.slice(0, 20), inputOfHash(hash)]).toEqual([hash.slice(0, 20), undefined]);
});

it("files and secrets are told to nobody", () => {
  const schema = {
    type: "object",
    properties: {
      key: { type: "string", format: "secret" },
      photo: { type: "string", contentEncoding: "base64", contentMediaType: "image/png" },
    },
  };
  const input = { key: "hunter2", photo: new File(["x"], "x.png"), town: "Oslo", deep: [{ key: "s", n: 1 }] };
  expect(tellable(input, schema)).toEqual({ town: "Oslo", deep: [{ n: 1 }] });
  expect(tellable({ any: new File(["x"], "x") }, undefined)).toEqual({ any: null });
  expect(tellable("hunter2", { type: "string", writeOnly: true })).toEqual({});
});
