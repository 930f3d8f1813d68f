import { createSocket } from "node:dgram";
import { once } from "node:events";

/** What a name server says of one name. */
export interface NameRecords {
  /** IPv4 addresses. */
  readonly a?: readonly string[];
  /** Texts, each of one or more parts. */
  readonly txt?: readonly (readonly string[])[];
}

/** A real name server, over UDP on 127.0.0.1. */
export interface NameServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Names in lower case. All others do not exist. */
  readonly names: Map<string, NameRecords>;
  stop(): Promise<void>;
}

const A = 1;
const TXT = 16;
const INTERNET = 1;
/** As long as with real ones, so that a reader that keeps answers is found out. */
const TTL_SECONDS = 300;
const NAME_ERROR = 3;
const HEADER_BYTES = 12;
const RECORD_HEAD_BYTES = 12;
/** A response, recursion desired and available. */
const ANSWERED = 0x8180;
/** Where in the message the name of the question lies, as a pointer to it. */
const NAME_OF_QUESTION = 0xc000 + HEADER_BYTES;

/** Port 0: any that is free. */
export const startNameServer = async (port = 0): Promise<NameServer> => {
  const names = new Map<string, NameRecords>();
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => socket.send(answerTo(query, names), from.port, from.address));
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    names,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
};

const answerTo = (query: Buffer, names: ReadonlyMap<string, NameRecords>): Buffer => {
  const { name, type, end } = questionOf(query);
  const known = names.get(name);
  const records = known === undefined ? [] : dataOf(known, type).map((data) => recordOf(type, data));
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(known === undefined ? ANSWERED + NAME_ERROR : ANSWERED, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...records]);
};

/** The one question of a query. `end`: where it ends. */
const questionOf = (query: Buffer): { name: string; type: number; end: number } => {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
};

const dataOf = ({ a = [], txt = [] }: NameRecords, type: number): Buffer[] => {
  if (type === A) return a.map((address) => Buffer.from(address.split(".").map(Number)));
  if (type !== TXT) return [];
  return txt.map((parts) =>
    Buffer.concat(parts.flatMap((part) => [Buffer.from([Buffer.byteLength(part)]), Buffer.from(part)])),
  );
};

const recordOf = (type: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  head.writeUInt16BE(NAME_OF_QUESTION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(INTERNET, 4);
  head.writeUInt32BE(TTL_SECONDS, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
};
