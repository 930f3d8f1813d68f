import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FilePiece } from "@patchbay/core";
import type { Supervisor } from "@patchbay/runtime";
import { median, type Row } from "./row.ts";
import type { BenchHost } from "./sandbox-host.ts";
import { bytesScript } from "./sandbox-scripts.ts";

const ROUNDS = 5;
const BYTES = 100_000_000;
/** As the server gets them from a connection. */
const PIECE_BYTES = 64 * 1024;
/** A process that gives back what it is given, by the pipes that sandboxes have too. */
const CAT = "process.stdin.pipe(process.stdout)";

/** Bytes into a plugin, out of one, and through one and back, beside a bare process that passes them through. */
export const benchBytes = async (host: BenchHost, supervisor: Supervisor): Promise<Row[]> => {
  const { spec } = await host.store(bytesScript());
  const call = async (mode: string, bytes: number): Promise<number> => {
    const start = performance.now();
    const answer = await supervisor.call(spec, {
      kind: "tools",
      name: "echo",
      input: { mode },
      files: { heads: [{ pointer: "/file", name: "a", type: "a/b" }], pieces: zeros(bytes) },
    });
    if (answer.kind === "files") for await (const _ of answer.files.pieces);
    return megabytesASecond(start);
  };
  const found: Record<"through" | "into" | "out" | "process", number[]> = {
    through: [],
    into: [],
    out: [],
    process: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    found.through.push(await call("through", BYTES));
    found.into.push(await call("into", BYTES));
    found.out.push(await call("out", 0));
    found.process.push(await throughProcess());
  }
  await supervisor.retire(spec.installationId);
  const peers = { "bare Node process, through and back": median(found.process) };
  const row = (what: string, values: readonly number[], goal?: string): Row => ({
    what,
    unit: "MB/s",
    patchbay: median(values),
    peers,
    ...(goal !== undefined && { goal }),
  });
  return [
    row("Bytes through a plugin and back", found.through, "at least 100 MB/s"),
    row("Bytes into a plugin", found.into),
    row("Bytes out of a plugin", found.out),
  ];
};

const megabytesASecond = (start: number): number => BYTES / 1_000 / (performance.now() - start);

const zeros = async function* (bytes: number): AsyncGenerator<FilePiece> {
  for (let sent = 0; sent < bytes; sent += PIECE_BYTES)
    yield { bytes: Buffer.alloc(Math.min(PIECE_BYTES, bytes - sent)), ends: false };
  yield { bytes: Buffer.alloc(0), ends: true };
};

const throughProcess = async (): Promise<number> => {
  const child = spawn(process.execPath, ["-e", CAT], { stdio: ["pipe", "pipe", "inherit"] });
  const { stdin, stdout } = child;
  try {
    // Its start is no part of it.
    stdin.write("a");
    await once(stdout, "readable");
    stdout.read();
    const start = performance.now();
    const sending = pipeline(Readable.from(bytesOf(zeros(BYTES))), stdin);
    for await (const _ of stdout);
    await sending;
    return megabytesASecond(start);
  } finally {
    child.kill("SIGKILL");
  }
};

const bytesOf = async function* (pieces: AsyncIterable<FilePiece>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) if (bytes.length > 0) yield bytes;
};
