import { describe, expect, it } from "vitest";
import { NOTHING, readAnswer } from "./read-answer.ts";

const brokeOff = () => new Error("It broke off.");
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ model: "m", choices: [{ delta, ...more }] })}\n\n`;
const stream = (text: string) =>
  new Response(new Blob([text]).stream(), { headers: { "content-type": "text/event-stream" } });
const read = async (response: Response) => (await Array.fromAsync(readAnswer(response, brokeOff))).at(-1);

describe("an answer of a model", () => {
  it("is read as a stream, with what it thought and took", async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2 };
    const text = [
      ": ping\n\n",
      chunk({ reasoning_content: "Hm." }),
      chunk({ content: "Grüße" }),
      chunk({ content: "!" }, { finish_reason: "stop" }),
      `data: ${JSON.stringify({ model: "m", choices: [], usage })}\n\ndata: [DONE]\n\n`,
    ].join("");
    const said = { text: "Grüße!", reasoning: "Hm.", model: "m", finish: "stop" };
    expect(await read(stream(text))).toEqual({ ...said, usage: { input: 3, output: 2 } });
  });

  it("is read as a whole", async () => {
    const body = { model: "m", choices: [{ message: { content: "Hi" }, finish_reason: "length" }] };
    expect(await read(Response.json(body))).toEqual({ ...NOTHING, text: "Hi", model: "m", finish: "length" });
  });

  it("is never taken for whole when it broke off or failed on its way", async () => {
    await expect(read(stream(chunk({ content: "half" })))).rejects.toThrow("It broke off.");
    const failed = `data: ${JSON.stringify({ error: { message: "Too slow.", code: "timeout" } })}\n\n`;
    const reading = readAnswer(stream(chunk({ content: "half" }) + failed), brokeOff);
    // What came before is read, even when both come at once.
    expect((await reading.next()).value).toMatchObject({ text: "half" });
    await expect(reading.next()).rejects.toMatchObject({ message: "Too slow.", code: "timeout" });
  });
});
