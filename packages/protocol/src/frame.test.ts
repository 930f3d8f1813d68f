import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, type Frame, FrameDecoder } from "./frame.ts";
import { FrameError } from "./frame-error.ts";
import { ESCAPES_A_TOKEN, MAX_FRAME_BYTES, MAX_JSON_DEPTH, MAX_JSON_TOKENS } from "./limits.ts";

const whole = (header: unknown, attachment = new Uint8Array(0)): Uint8Array =>
  Buffer.concat([encodeFrame(header, attachment), attachment]);

/** The bytes in pieces that end at these places. */
const pieces = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.slice(start, [...ends, bytes.length][index]));
};

const inSteps = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.slice(n * size, (n + 1) * size));

const decode = (parts: readonly Uint8Array[], options = {}): Pick<Frame, "header" | "attachment">[] => {
  const decoder = new FrameDecoder(options);
  return parts.flatMap((part) =>
    [...decoder.push(part)].map(({ header, attachment }) => ({
      header,
      attachment: new Uint8Array(attachment),
    })),
  );
};

describe("frames", () => {
  test("come out as they went in, wherever the stream is cut", () => {
    const frame = fc.record({ header: fc.jsonValue(), attachment: fc.uint8Array({ maxLength: 200 }) });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(({ header, attachment }) => whole(header, attachment)));
          const expected = frames.map(({ header, attachment }) => ({
            header: JSON.parse(JSON.stringify(header)),
            attachment,
          }));
          expect(decode(pieces(bytes, cuts))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("keep their bytes while others are written, however large they are", () => {
    const headers = Array.from({ length: 500 }, (_, n) => ({ n, text: "aé€😀".repeat((n * 37) % 1_500) }));
    const encoded = headers.map((header) => encodeFrame(header));
    expect(decode(encoded).map(({ header }) => header)).toEqual(headers);
  });

  test("of any bytes at all end in frames or a FrameError", () => {
    const outcome = (bytes: Uint8Array, cuts: readonly number[]): void => {
      try {
        decode(pieces(bytes, cuts), { isMeasured: true });
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    };
    const small = fc
      .uint8Array({ maxLength: 64 })
      .map((bytes) => Uint8Array.of(0, 0, 0, bytes.length, ...bytes));
    const mutated = fc.tuple(fc.jsonValue(), fc.nat(), fc.nat(255)).map(([header, place, byte]) => {
      const bytes = whole(header);
      bytes[place % bytes.length] = byte;
      return bytes;
    });
    const any = fc.oneof(fc.uint8Array({ maxLength: 200 }), small, mutated);
    fc.assert(fc.property(any, fc.array(fc.nat(), { maxLength: 5 }), outcome), { numRuns: 2_000 });
  });

  test.each([
    ["announces more than is allowed", Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1)],
    ["has a header longer than itself", Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 2, 1)],
    ["has no room for a header's length", Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 0)],
    ["has a header that is no JSON", Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 1, 0x7b)],
    ["has a header that is no UTF-8", Uint8Array.of(0, 0, 0, 7, 0, 0, 0, 3, 0x22, 0xff, 0x22)],
    ["has an empty header", Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0)],
  ])("are refused when one %s", (_what, bytes) => {
    expect(() => decode([bytes])).toThrow(FrameError);
  });

  test.each([
    ["nests too deep", "[".repeat(MAX_JSON_DEPTH), "]".repeat(MAX_JSON_DEPTH), "[", "]"],
    ["has too many values", `[1${",1".repeat(MAX_JSON_TOKENS - 1)}`, "]", ",1", ""],
    ["has too many escapes", `"${"\\n".repeat(ESCAPES_A_TOKEN * (MAX_JSON_TOKENS + 1) - 1)}`, '"', "\\n", ""],
  ])(
    "from a side that is not trusted are refused when one %s, in whatever pieces it comes",
    (_what, start, end, more, less) => {
      const frameOf = (json: string) => {
        const bytes = whole("x".repeat(Buffer.byteLength(json) - 2));
        bytes.set(Buffer.from(json), 8);
        return bytes;
      };
      const within = frameOf(start + end);
      const beyond = frameOf(start + more + less + end);
      for (const size of [1_000, 65_536, MAX_FRAME_BYTES]) {
        expect(decode(inSteps(within, size), { isMeasured: true })).toHaveLength(1);
        expect(() => decode(inSteps(beyond, size), { isMeasured: true })).toThrow(FrameError);
      }
      expect(decode([beyond])).toHaveLength(1);
    },
  );

  test("may have as many different names as is allowed, and the same ones as often as values are allowed", () => {
    const named = (count: number) =>
      whole(Object.fromEntries(Array.from({ length: count }, (_, n) => [`name ${n}`, n])));
    const rows = whole(Array.from({ length: 20_000 }, (_, a) => ({ a, b: "x", c: null, d: true })));
    expect(decode([named(15_000)], { isMeasured: true })).toHaveLength(1);
    expect(() => decode([named(40_000)], { isMeasured: true })).toThrow(/different names/);
    expect(decode([rows], { isMeasured: true })).toHaveLength(1);
  });

  test("count neither brackets nor separators in strings", () => {
    const text = `\\"[{,:`.repeat(MAX_JSON_TOKENS);
    for (const value of [[text], { a: "\\", b: text, c: '"' }, text.slice(0, 1_000)])
      expect(decode(inSteps(whole(value), 10_007), { isMeasured: true })).toEqual([
        expect.objectContaining({ header: value }),
      ]);
  });

  test("are not made larger than is allowed", () => {
    expect(() => encodeFrame({}, new Uint8Array(MAX_FRAME_BYTES))).toThrow(FrameError);
    expect(() => encodeFrame("x".repeat(MAX_FRAME_BYTES))).toThrow(FrameError);
    expect(encodeFrame({}, new Uint8Array(MAX_FRAME_BYTES - 6))).toHaveLength(10);
  });
});
