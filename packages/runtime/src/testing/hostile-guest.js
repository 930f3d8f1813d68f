// A guest that breaks the protocol, in the way that the call's input names. Run by Deno in place of the real one.
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const frame = (json, extra = 0) => {
  const bytes = encoder.encode(json);
  const out = new Uint8Array(8 + bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 4 + bytes.length + extra);
  view.setUint32(4, bytes.length);
  out.set(bytes, 8);
  return out;
};
const write = (bytes) => {
  for (let at = 0; at < bytes.length; ) at += Deno.stdout.writeSync(bytes.subarray(at));
};
const send = (message) => write(frame(JSON.stringify(message)));
const contributions = {
  tools: [{ name: "go" }],
  prompts: [],
  resources: [],
  models: [],
  messageHooks: [],
  endpoints: [],
  integrations: [],
  schedules: [],
  events: [],
  workflowSteps: [],
};

const ways = {
  garbage: () => write(encoder.encode("this is not a frame at all, and never was one")),
  "huge frame": () => write(new Uint8Array([255, 255, 255, 255, 0, 0, 0, 4, 1, 2])),
  "header beyond frame": () => write(new Uint8Array([0, 0, 0, 5, 0, 0, 0, 9, 1])),
  "no JSON": () => write(frame("{nothing")),
  "bad UTF-8": () => write(new Uint8Array([0, 0, 0, 6, 0, 0, 0, 2, 0xc3, 0x28])),
  "JSON that is no object": () => send([1, 2]),
  null: () => send(null),
  "unknown type": () => send({ t: "constructor" }),
  "inherited type": () => send({ t: "__proto__" }),
  "no type": () => send({ id: 1 }),
  "foreign field": (id) => send({ t: "value", id, value: 1, installation: "another" }),
  "another call's id": () => send({ t: "value", id: 4711, value: 1 }),
  "negative id": () => send({ t: "value", id: -1, value: 1 }),
  "id that is text": () => send({ t: "value", id: "1", value: 1 }),
  "answer twice": (id) => {
    send({ t: "error", id: 99, error: { code: "x", message: "y" } });
    send({ t: "value", id });
  },
  "chunk before the stream": (id) => send({ t: "chunk", id, value: 1 }),
  "end before the stream": (id) => send({ t: "end", id }),
  "ready again": () => send({ t: "ready" }),
  "loaded again": () => send({ t: "loaded", contributions }),
  deactivated: () => send({ t: "deactivated" }),
  "pong unasked": () => send({ t: "pong", n: 77 }),
  "host call twice": () => {
    send({ t: "hostCall", id: 1, method: "storage.list" });
    send({ t: "hostCall", id: 1, method: "storage.list" });
  },
  "method too long": () => send({ t: "hostCall", id: 1, method: "x".repeat(1000) }),
  "deep JSON": (id) => {
    const json = `{"t":"value","id":${id},"value":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    write(frame(json));
  },
  "a list of very many": (id) =>
    write(frame(`{"t":"value","id":${id},"value":[${"[],".repeat(9_000_000)}1]}`)),
  "a request of very many": () =>
    write(frame(`{"t":"hostCall","id":1,"method":"storage.set","params":[${"[],".repeat(9_000_000)}1]}`)),
  "too many names": (id) => {
    const names = Array.from({ length: 40_000 }, (_, n) => `"name ${n}":1`).join();
    write(frame(`{"t":"value","id":${id},"value":{${names}}}`));
  },
  "a large request": () =>
    send({ t: "hostCall", id: 1, method: "storage.set", params: { key: "x", value: "x".repeat(3_000_000) } }),
  "a large request that calls itself an answer": () =>
    write(frame(`{"t":"value","t":"hostCall","id":1,"method":"x","params":"${"x".repeat(3_000_000)}"}`)),
  "refused calls without end": async () => {
    for (let id = 1; ; id++) {
      send({ t: "hostCall", id, method: "refused", params: "x".repeat(1_000_000) });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  "too many host calls": () => {
    for (let id = 1; id <= 1_200; id++) send({ t: "hostCall", id, method: "storage.list" });
  },
  "frames without end": () => {
    const many = new Uint8Array(20_000 * 30);
    const one = frame('{"t":"hostCancel","id":1}');
    for (let at = 0; at + one.length <= many.length; at += one.length) many.set(one, at);
    for (;;) write(many.subarray(0, Math.floor(many.length / one.length) * one.length));
  },
  "bytes without end": () => {
    const part = new Uint8Array(1 << 24);
    for (;;) {
      write(frame('{"t":"hostCancel","id":1}', part.length));
      write(part);
    }
  },
  "standard error without end": () => {
    const part = new Uint8Array(1 << 16).fill(65);
    for (;;) Deno.stderr.writeSync(part);
  },
  exit: () => Deno.exit(3),
  "exit in peace": () => Deno.exit(0),
  "stop reading": () => new Promise(() => undefined),
  "close its output": () => Deno.stdout.close(),
};

let buffer = new Uint8Array(0);
const handle = (message) => {
  if (message.t === "load") send({ t: "loaded", contributions });
  if (message.t === "ping") send({ t: "pong", n: message.n });
  if (message.t === "call" && message.input?.code !== undefined) {
    const run = new (async () => undefined).constructor(message.input.code);
    run().then(
      (value) => send({ t: "value", id: message.id, value: value ?? null }),
      (error) => send({ t: "value", id: message.id, value: { threw: String(error) } }),
    );
  } else if (message.t === "call" && message.input === "stream of large values") {
    send({ t: "value", id: message.id, stream: true });
    for (let n = 0; n < 8; n++) send({ t: "chunk", id: message.id, value: "x".repeat(1_000_000) });
  } else if (message.t === "call" && message.input === "stream without credit") {
    send({ t: "value", id: message.id, stream: true });
    for (let n = 0; n < 100; n++) send({ t: "chunk", id: message.id, value: n });
  } else if (message.t === "call") ways[message.input](message.id);
};

send({ t: "ready" });
for await (const chunk of Deno.stdin.readable) {
  const joined = new Uint8Array(buffer.length + chunk.length);
  joined.set(buffer);
  joined.set(chunk, buffer.length);
  buffer = joined;
  while (buffer.length >= 8) {
    const view = new DataView(buffer.buffer, buffer.byteOffset);
    const total = 4 + view.getUint32(0);
    if (buffer.length < total) break;
    const message = JSON.parse(decoder.decode(buffer.subarray(8, 8 + view.getUint32(4))));
    buffer = buffer.slice(total);
    handle(message);
  }
}
