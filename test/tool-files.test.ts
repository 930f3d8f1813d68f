import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { FILES, filePlugin } from "./support/file-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let organization: TestOrganization;

beforeAll(async () => {
  organization = await startOrganization({ PATCHBAY_MAX_FILE_MIB: "48" });
  await organization.install(filePlugin);
  const enabled = await organization.owner.post(`/api/orgs/default/plugins/${FILES}/enable`);
  expect(enabled.status, JSON.stringify(enabled.body)).toBe(200);
});
afterAll(async () => await organization?.stop());

const AUTHORIZED = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
const FORM = { accept: "multipart/form-data" };
const address = (tool: string) =>
  new URL(`/api/orgs/default/tools/${FILES}/${tool}`, organization.server.url);

type Part = readonly [name: string, content: string | Blob, fileName?: string];

const formOf = (entries: readonly Part[]): FormData => {
  const form = new FormData();
  for (const [name, content, fileName] of entries)
    if (typeof content === "string") form.append(name, content);
    else form.append(name, content, fileName);
  return form;
};
const send = (tool: string, entries: readonly Part[], headers: Record<string, string> = {}) =>
  fetch(address(tool), { method: "POST", headers: { ...AUTHORIZED, ...headers }, body: formOf(entries) });
const sendJson = (tool: string, input: unknown, headers: Record<string, string> = {}) =>
  fetch(address(tool), {
    method: "POST",
    headers: { ...AUTHORIZED, "content-type": "application/json", ...headers },
    body: JSON.stringify({ input }),
  });
const problemOf = async (response: Response) => {
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  return { status: response.status, code, detail };
};

const MiB = 1024 * 1024;
const blob = (bytes: number, type = "text/plain") => new Blob([randomBytes(bytes)], { type });

describe("a tool that takes files", () => {
  it("gets the bytes of a form, with what the client says of the file", async () => {
    const response = await send("count", [
      ["input", "{}"],
      ["file", blob(3 * MiB), "päge one.txt"],
    ]);
    expect(await response.json()).toEqual({
      output: { name: "päge one.txt", type: "text/plain", size: null, bytes: 3 * MiB },
    });
  });

  it("gets the bytes of base64 in JSON", async () => {
    const response = await sendJson("count", { file: Buffer.from("Hello").toString("base64") });
    expect(await response.json()).toEqual({
      output: { name: "file", type: "application/octet-stream", size: 5, bytes: 5 },
    });
  });
});

describe("an answer with files", () => {
  it("comes as a form to who accepts one, as large as 40 MB, and the same bytes", async () => {
    const sent = blob(40_000_000);
    const response = await send(
      "echo",
      [
        ["input", "{}"],
        ["file", sent, "a.txt"],
      ],
      FORM,
    );
    expect(response.status).toBe(200);
    const form = await response.formData();
    expect(JSON.parse(String(form.get("output")))).toEqual({ file: null });
    const file = form.get("file") as File;
    expect([file.name, file.type, file.size]).toEqual(["a.txt", "text/plain", 40_000_000]);
    const [one, other] = await Promise.all([sent.arrayBuffer(), file.arrayBuffer()]);
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
  });
});

/** How much more memory the server had at its most while `work` ran than before, in MB. Linux tells. */
const growthOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = residentMiB();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, residentMiB());
  }, 20);
  await work().finally(() => clearInterval(watch));
  return most - before;
};

describe.runIf(process.platform === "linux")("the server's memory", () => {
  it("does not grow with what goes through: 40 MB into a tool and back", async () => {
    const file = blob(40_000_000);
    const there = async () => {
      const response = await send(
        "echo",
        [
          ["input", "{}"],
          ["file", file, "a.txt"],
        ],
        FORM,
      );
      let bytes = 0;
      for await (const chunk of response.body ?? []) bytes += chunk.length;
      expect(bytes).toBeGreaterThan(40_000_000);
    };
    // The first calls make what later ones use again.
    for (let warm = 0; warm < 3; warm += 1) await there();
    const growths: number[] = [];
    for (let run = 0; run < 5; run += 1) growths.push(await growthOf(there));
    // What is collected later comes and goes: the middle one tells.
    expect(growths.toSorted((a, b) => a - b)[2], growths.join(", ")).toBeLessThan(20);
  });
});

describe("an answer with files, by what the client accepts,", () => {
  it("is JSON with base64 when it says nothing else", async () => {
    const response = await sendJson("several", {});
    expect(await response.json()).toEqual({
      output: { one: "AQID", more: [btoa("four"), btoa("five")] },
    });
  });

  it("is a form with a part for each file, in every place", async () => {
    const form = await (await sendJson("several", {}, FORM)).formData();
    expect(JSON.parse(String(form.get("output")))).toEqual({ one: null, more: [null, null] });
    expect([...form.keys()]).toEqual(["output", "one", "more/0", "more/1"]);
    expect(await (form.get("more/1") as File).text()).toBe("five");
  });

  it("is the bytes of the only file, which no browser shows as what the plugin says it is", async () => {
    const response = await sendJson("page", {}, { accept: "application/octet-stream" });
    expect(await response.text()).toBe("<script>alert(1)</script>");
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-disposition")).toBe(
      "attachment; filename=\"evil.html\"; filename*=UTF-8''evil.html",
    );
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("is refused as bytes when it has several files, and says how to ask", async () => {
    const response = await sendJson("several", {}, { accept: "application/octet-stream" });
    const { status, detail } = await problemOf(response);
    expect([status, detail]).toEqual([406, expect.stringContaining("Accept: multipart/form-data")]);
  });

  it("is too large for JSON beyond what JSON takes, and says how to ask", async () => {
    const problem = await problemOf(await sendJson("make", { bytes: 30 * MiB }));
    expect(problem).toMatchObject({ status: 502, code: "answer_too_large" });
    expect(problem.detail).toContain("24 MiB");
    expect(problem.detail).toContain("Accept: multipart/form-data");
    const events = await sendJson("make", { bytes: 30 * MiB }, { accept: "text/event-stream" });
    expect(await events.text()).toContain("answer_too_large");
  });

  it("breaks off beyond the server's limit, whatever it was said to have", async () => {
    const said = await problemOf(await sendJson("make", { bytes: 1, said: 49 * MiB }, FORM));
    expect(said).toMatchObject({ code: "answer_too_large", detail: expect.stringContaining("48 MiB") });
    const response = await sendJson("make", { bytes: 60 * MiB }, FORM);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it("is the plugin's fault when its stream fails or says a wrong size", async () => {
    expect(await problemOf(await sendJson("fails", {}, FORM))).toMatchObject({ code: "plugin_error" });
    expect(await problemOf(await sendJson("make", { bytes: 5, said: 3 }, FORM))).toMatchObject({
      code: "plugin_error",
    });
    expect(await problemOf(await sendJson("make", { bytes: 0, said: 3 }, FORM))).toMatchObject({
      code: "plugin_error",
      detail: expect.stringContaining("0 bytes"),
    });
  });
});

describe("a form", () => {
  it("with several files says beforehand which follow", async () => {
    const pages: Part[] = [
      ["/pages/0", new Blob(["one"])],
      ["pages/1", new Blob(["three"])],
    ];
    const said: Part = ["parts", JSON.stringify([{ path: "pages/0" }, { path: "/pages/1", size: 5 }])];
    const response = await send("pages", [["input", '{"title":"T"}'], said, ...pages]);
    expect(await response.json()).toEqual({ output: { title: "T", bytes: [3, 5] } });
    const unsaid = await problemOf(await send("pages", [["input", '{"title":"T"}'], ...pages]));
    expect(unsaid).toMatchObject({ code: "invalid_request", detail: expect.stringContaining('"parts"') });
  });

  it("gives a plugin the second file before the first, which it holds meanwhile", async () => {
    const first = "a".repeat(9 * MiB);
    const response = await send("backwards", [
      ["input", "{}"],
      ["parts", JSON.stringify([{ path: "a" }, { path: "b" }])],
      ["a", new Blob([first])],
      ["b", new Blob(["second"])],
    ]);
    expect(await response.json()).toEqual({ output: { b: "second", a: first } });
  });

  it("is read to its end when the plugin reads nothing of it, or stops", async () => {
    for (const [tool, output] of [
      ["ignore", { done: true }],
      ["close", { first: true }],
    ] as const) {
      const response = await send(tool, [
        ["input", "{}"],
        ["file", blob(20 * MiB)],
      ]);
      expect(await response.json(), tool).toEqual({ output });
    }
  });

  it("gives file names without paths and control characters", async () => {
    const response = await send("count", [
      ["input", "{}"],
      ["file", new Blob(["x"]), "../..\\etc/pass\u202ewd\u0007"],
    ]);
    expect(await response.json()).toMatchObject({ output: { name: "passwd" } });
  });

  const small = new Blob(["x"]);
  const parts = (list: unknown): Part => ["parts", JSON.stringify(list)];
  const wrong: Readonly<Record<string, { entries: Part[]; code: string; says: string }>> = {
    "without input": { entries: [["file", small]], code: "invalid_request", says: '"input"' },
    "with input after the file": {
      entries: [
        ["file", small],
        ["input", "{}"],
      ],
      code: "invalid_request",
      says: '"input"',
    },
    "with input twice": {
      entries: [
        ["input", "{}"],
        ["input", "{}"],
      ],
      code: "invalid_request",
      says: "twice",
    },
    "with input that is no JSON": {
      entries: [
        ["input", "{"],
        ["file", small],
      ],
      code: "invalid_request",
      says: '"input"',
    },
    "with input that is too deep": {
      entries: [["input", "[".repeat(300) + "]".repeat(300)]],
      code: "payload_too_large",
      says: "depth",
    },
    "with input that is too large": {
      entries: [["input", JSON.stringify("a".repeat(2 * MiB))]],
      code: "payload_too_large",
      says: '"input"',
    },
    "with a field that there is not": {
      entries: [
        ["input", "{}"],
        ["nothing", small],
      ],
      code: "invalid_input",
      says: "/nothing",
    },
    "with a field that is no file": {
      entries: [
        ["input", "{}"],
        ["title", small],
      ],
      code: "invalid_input",
      says: "/title",
    },
    "with a field of a prototype": {
      entries: [
        ["input", "{}"],
        ["__proto__", small],
      ],
      code: "invalid_request",
      says: "form",
    },
    "with a file twice": {
      entries: [
        ["input", "{}"],
        ["pages/0", small],
        ["pages/0", small],
      ],
      code: "invalid_request",
      says: "twice",
    },
    "with a file that stands in the JSON too": {
      entries: [
        ["input", '{"pages":["AAAA"]}'],
        ["pages/0", small],
      ],
      code: "invalid_input",
      says: "twice",
    },
    "with a file that is not where a list goes on": {
      entries: [
        ["input", "{}"],
        ["pages/7", small],
      ],
      code: "invalid_input",
      says: "/pages/7",
    },
    "that announces a file twice": {
      entries: [["input", "{}"], parts([{ path: "pages/0" }, { path: "/pages/0" }]), ["pages/0", small]],
      code: "invalid_request",
      says: "twice",
    },
    "that announces what is no list of files": {
      entries: [["input", "{}"], parts([{ path: "pages/0", extra: 1 }]), ["pages/0", small]],
      code: "invalid_request",
      says: '"parts"',
    },
    "that announces more than it has": {
      entries: [["input", "{}"], parts([{ path: "pages/0" }, { path: "pages/1" }]), ["pages/0", small]],
      code: "invalid_request",
      says: "did not come",
    },
    "that announces another order": {
      entries: [
        ["input", "{}"],
        parts([{ path: "pages/0" }, { path: "pages/1" }]),
        ["pages/1", small],
        ["pages/0", small],
      ],
      code: "invalid_request",
      says: "was announced",
    },
    "that announces more bytes than it has": {
      entries: [["input", "{}"], parts([{ path: "pages/0", size: 2 }]), ["pages/0", small]],
      code: "invalid_request",
      says: "2 bytes",
    },
    "that announces fewer bytes than it has": {
      entries: [["input", "{}"], parts([{ path: "pages/0", size: 0 }]), ["pages/0", small]],
      code: "invalid_request",
      says: "0 bytes",
    },
    "that announces more than the server takes": {
      entries: [["input", "{}"], parts([{ path: "pages/0", size: 60 * MiB }]), ["pages/0", small]],
      code: "payload_too_large",
      says: "48 MiB",
    },
    "with too many files": {
      entries: [
        ["input", "{}"],
        parts(Array.from({ length: 101 }, (_, place) => ({ path: `pages/${place}` }))),
        ...Array.from({ length: 101 }, (_, place): Part => [`pages/${place}`, small]),
      ],
      code: "invalid_request",
      says: '"parts"',
    },
  };
  it.each(Object.keys(wrong))("%s is refused", async (which) => {
    const { entries, code, says } = wrong[which] ?? { entries: [], code: "", says: "" };
    const problem = await problemOf(await send("pages", entries));
    expect(problem).toMatchObject({ code, detail: expect.stringContaining(says) });
  });

  it("with files is not answered with events, which come while it is still sent; one without files is", async () => {
    const events = { accept: "text/event-stream" };
    const file: Part = ["file", small];
    const problem = await problemOf(await send("count", [["input", "{}"], file], events));
    expect(problem).toMatchObject({ status: 406, code: "invalid_request" });
    expect(problem.detail).toContain("Accept: multipart/form-data");
    expect(await (await send("ignore", [["input", "{}"]], events)).text()).toContain("event: done");
    const inJson = await sendJson("count", { file: btoa("Hi") }, events);
    expect(await inJson.text()).toContain('"bytes":2');
  });

  it("is answered once for one Idempotency-Key, and from another form refused", async () => {
    const again = { "idempotency-key": "one-of-the-files-tests" };
    const form = (name: string): Part[] => [
      ["input", "{}"],
      ["file", small, name],
    ];
    const first = await send("count", form("a"), again);
    const second = await send("count", form("a"), again);
    expect([await second.json(), second.headers.get("idempotent-replayed")]).toEqual([
      await first.json(),
      "true",
    ]);
    expect(await problemOf(await send("count", form("b"), again))).toMatchObject({
      code: "idempotency_conflict",
    });
  });

  it("of too many at once from one person is refused, and room is there again", async () => {
    const open: Socket[] = [];
    const leave = (): void => {
      for (const socket of open) socket.destroy();
    };
    onTestFinished(leave);
    // One that came too early, while an earlier form still had its place, holds none.
    await expect
      .poll(async () => {
        open.push(await openForm("wait"));
        return (await send("ignore", [["input", "{}"]])).status;
      })
      .toBe(429);
    leave();
    await expect
      .poll(async () => (await send("ignore", [["input", "{}"]])).status, { timeout: 10_000 })
      .toBe(200);
  });

  it("keeps no place whose sender had gone before it was looked at", async () => {
    const keys = Array.from({ length: 20 }, (_, index) => ({
      organization: "default",
      name: `gone ${index}`,
      rights: ["org.plugins.use"],
    }));
    // A key that is used for the first time is looked up, while its request is given up.
    for (const body of keys) {
      const made = await organization.owner.post("/api/api-keys", body);
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      (await openForm("count", made.body.token)).once("connect", function (this: Socket) {
        setImmediate(() => this.destroy());
      });
    }
    await expect
      .poll(
        async () =>
          (
            await send("count", [
              ["input", "{}"],
              ["file", blob(10)],
            ])
          ).status,
      )
      .toBe(200);
    const all = await Promise.all(
      Array.from({ length: 8 }, () =>
        send("count", [
          ["input", "{}"],
          ["file", blob(10)],
        ]),
      ),
    );
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
  });

  it("that is larger than the server takes is refused before it is read, by both sizes", async () => {
    const problem = await problemOf(
      await send("count", [
        ["input", "{}"],
        ["file", new Blob([new Uint8Array(60 * MiB)])],
      ]),
    );
    expect(problem).toMatchObject({ status: 413, code: "payload_too_large" });
    expect(problem.detail).toMatch(/60(\.1)? MiB.*48 MiB/);
  });

  it("that turns out to be larger is refused too, and of huge headers little is read", async () => {
    const big = await rawForm(async (write) => {
      write(partOf("input", "{}"));
      write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
      for (let sent = 0; sent <= 49; sent += 1) await write(Buffer.alloc(MiB));
      write("\r\n--b--\r\n");
    }, "count");
    expect(big).toContain("payload_too_large");
    const headers = await rawForm(async (write) => {
      write(partOf("input", "{}"));
      write(
        `--b\r\ncontent-disposition: form-data; name="file"; filename="${"a".repeat(100_000)}"\r\n\r\nx\r\n--b--\r\n`,
      );
    }, "count");
    expect(/"name":"(a+)"/.exec(headers)?.[1]).toHaveLength(255);
  });

  it("that breaks off ends the call in the plugin", async () => {
    await rawForm(async (write, socket) => {
      write(partOf("input", "{}"));
      write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhello');
      await expect.poll(logs, { timeout: 10_000 }).toContain("The call has begun.");
      socket.destroy();
    }, "wait");
    await expect.poll(logs, { timeout: 10_000 }).toContain("The call was cancelled.");
  });

  it("waits for a plugin and a client that do not read, both of them", async () => {
    const response = await sendJson("make", { bytes: 40 * MiB }, FORM);
    const reader = response.body?.getReader();
    await reader?.read();
    // What the kernel, the server and the sandbox hold, and no more: the rest is not even made.
    const before = residentMiB();
    await new Promise((resolve) => setImmediate(resolve));
    expect(residentMiB() - before).toBeLessThan(30);
    let bytes = 0;
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
      bytes += read.value.length;
    expect(bytes).toBeGreaterThan(39 * MiB);
  });
});

const logs = async () =>
  JSON.stringify((await organization.owner.get(`/api/orgs/default/plugins/${FILES}/logs`)).body);

const partOf = (name: string, text: string) =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;

/** A form that has begun and does not go on. */
const openForm = async (tool: string, key: string = BOOTSTRAP_KEY): Promise<Socket> => {
  const url = address(tool);
  const socket = createConnection(Number(url.port), url.hostname);
  socket.on("error", () => undefined);
  const begin = partOf("input", "{}");
  socket.write(
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000\r\n\r\n${begin}`,
  );
  return socket;
};

/** Sends a form by hand, in chunks without a length beforehand. Comes back with the answer. */
const rawForm = async (
  send: (write: (bytes: string | Buffer) => Promise<void>, socket: Socket) => Promise<void>,
  tool: string,
): Promise<string> => {
  const url = address(tool);
  const socket = createConnection(Number(url.port), url.hostname);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.write(
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${BOOTSTRAP_KEY}\r\nconnection: close\r\n` +
      "content-type: multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  const write = async (bytes: string | Buffer) => {
    const chunk = Buffer.from(bytes);
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    if (!socket.write("\r\n") && !socket.destroyed)
      await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
  };
  await send(write, socket);
  if (!socket.destroyed) socket.write("0\r\n\r\n");
  await closed;
  return answer;
};

const residentMiB = (): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${organization.server.pid}/status`, "utf8"))?.[1]) /
  1024;
