import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { readSecret } from "./secret-input.ts";

const terminal = () => ({
  input: Object.assign(new PassThrough(), { isTTY: true }),
  output: new PassThrough(),
});

it("does not show what is typed at a terminal", async () => {
  const { input, output } = terminal();
  const typed = readSecret("API key: ", { input, output });
  for (const character of "pb_sX\u007fecret \r") input.write(character);
  expect(await typed).toBe("pb_secret");
  output.end();
  expect(await text(output)).toBe("API key: \n");
});

it("is given up with Ctrl-C and with Ctrl-D", async () => {
  for (const pressed of ["pb_s\u0003", "\u0004"]) {
    const { input, output } = terminal();
    const typed = readSecret("API key: ", { input, output });
    input.write(pressed);
    await expect(typed, JSON.stringify(pressed)).rejects.toMatchObject({ code: "cancelled" });
  }
});

it("reads the first line where there is no terminal, and asks nothing", async () => {
  for (const [written, read] of [
    ["pb_secret\r\nmore\n", "pb_secret"],
    ["pb_secret", "pb_secret"],
    ["", ""],
  ] as const) {
    const input = new PassThrough();
    const output = new PassThrough();
    input.end(written);
    expect(await readSecret("API key: ", { input, output })).toBe(read);
    expect(output.readableLength).toBe(0);
  }
});
