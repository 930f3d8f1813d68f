import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "../s3-settings.ts";

/** An object with what its server says of it. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly type: string | undefined;
  readonly cacheControl: string | undefined;
}

/** A real S3 server, which checks signatures: Ceph's, with its objects in memory. */
export interface Radosgw {
  /** For `bucket`, which must be made first. */
  settings(bucket: string): S3Settings;
  makeBucket(name: string): Promise<void>;
  readObject(bucket: string, key: string): Promise<StoredObject>;
  /** An address that gives anybody the object for a minute from `signedAt` on. */
  presigned(bucket: string, key: string, signedAt: Date): Promise<URL>;
  /** SIGKILL of the server; what it stores stays. */
  kill(): Promise<void>;
  /** Takes requests again, at the same address. */
  start(): Promise<void>;
  /** Ends everything. */
  stop(): Promise<void>;
}

const PROGRAMS = ["ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin"];
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;

/** Names of programs that are missing; none when the server can be started. */
export const missingForRadosgw = (): string[] => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return PROGRAMS.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
};

/** Starts a cluster of one node below `dir` on loopback, in about four seconds. It does not survive this process. */
export const startRadosgw = async (options: { dir: string }): Promise<Radosgw> => {
  const cluster = new Cluster(join(options.dir, "ceph"), await freePort(), await freePort());
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
};

class Cluster implements Radosgw {
  readonly #dir: string;
  readonly #port: number;
  readonly #monitorPort: number;
  readonly #daemons = new Map<string, ChildProcess>();
  readonly #credentials = { accessKeyId: "tests", secretAccessKey: randomBytes(20).toString("hex") };
  #isMade = false;

  constructor(dir: string, port: number, monitorPort: number) {
    this.#dir = dir;
    this.#port = port;
    this.#monitorPort = monitorPort;
  }

  settings(bucket: string): S3Settings {
    return {
      bucket,
      endpoint: `http://127.0.0.1:${this.#port}`,
      region: "us-east-1",
      credentials: this.#credentials,
      forcePathStyle: true,
    };
  }

  async makeBucket(name: string): Promise<void> {
    const { CreateBucketCommand } = await import("@aws-sdk/client-s3");
    const client = await this.#client(name);
    await client.send(new CreateBucketCommand({ Bucket: name }));
    client.destroy();
  }

  async readObject(bucket: string, key: string): Promise<StoredObject> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await this.#client(bucket);
    const { Body, ContentType, CacheControl } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key }),
    );
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    client.destroy();
    return { bytes, type: ContentType, cacheControl: CacheControl };
  }

  async presigned(bucket: string, key: string, signedAt: Date): Promise<URL> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner");
    const client = await this.#client(bucket);
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const address = await getSignedUrl(client, command, { expiresIn: 60, signingDate: signedAt });
    client.destroy();
    return new URL(address);
  }

  async #client(bucket: string): Promise<S3Client> {
    const { S3Client: Client } = await import("@aws-sdk/client-s3");
    const { endpoint, region, credentials, forcePathStyle } = this.settings(bucket);
    return new Client({
      region,
      forcePathStyle,
      endpoint: endpoint ?? "",
      credentials: credentials ?? this.#credentials,
    });
  }

  async start(): Promise<void> {
    if (!this.#isMade) await this.#make();
    this.#isMade = true;
    this.#spawn("radosgw", ["-n", "client.rgw.a", "-f"]);
    await this.#waitForPort();
  }

  async kill(): Promise<void> {
    await end(this.#daemons.get("radosgw"));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#daemons.values()].map(end));
  }

  async #make(): Promise<void> {
    for (const name of ["mon", "osd", "run"]) mkdirSync(join(this.#dir, name), { recursive: true });
    const cluster = randomUUID();
    writeFileSync(this.#configuration, configurationText(this.#dir, cluster, this.#port, this.#monitorPort));
    const map = join(this.#dir, "monmap");
    const address = `[v2:127.0.0.1:${this.#monitorPort}]`;
    await run("monmaptool", ["--create", "--clobber", "--fsid", cluster, "--addv", "a", address, map]);
    await this.#run("ceph-mon", ["--mkfs", "-i", "a", "--monmap", map]);
    this.#spawn("ceph-mon", ["-f", "-i", "a"]);
    const osd = randomUUID();
    await this.#run("ceph", ["osd", "new", osd]);
    await this.#run("ceph-osd", ["-i", "0", "--mkfs", "--osd-uuid", osd]);
    this.#spawn("ceph-osd", ["-f", "-i", "0"]);
    const { accessKeyId, secretAccessKey } = this.#credentials;
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    await this.#run("radosgw-admin", ["user", "create", "--uid=tests", "--display-name=tests", ...keys]);
  }

  get #configuration(): string {
    return join(this.#dir, "ceph.conf");
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    await run(program, ["-c", this.#configuration, ...args]);
  }

  #spawn(program: string, args: readonly string[]): void {
    const log = openSync(join(this.#dir, `${program}.log`), "a");
    const child = spawn(program, ["-c", this.#configuration, ...args], { stdio: ["ignore", log, log] });
    closeSync(log);
    const endWithUs = () => child.kill("SIGKILL");
    process.once("exit", endWithUs);
    child.once("exit", () => process.removeListener("exit", endWithUs));
    this.#daemons.set(program, child);
  }

  async #waitForPort(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (Date.now() < deadline) {
      if (await accepts(this.#port)) return;
      await sleep(50);
    }
    throw new Error(`radosgw did not start:\n${readFileSync(join(this.#dir, "radosgw.log"), "utf8")}`);
  }
}

/** No keys among the daemons, no copies, objects in memory: everything that makes a start slow is left out. */
const configurationText = (dir: string, cluster: string, port: number, monitorPort: number): string => `
[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${monitorPort}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
paxos propose interval = 0.05
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
mon data = ${dir}/mon
osd data = ${dir}/osd
run dir = ${dir}/run
admin socket = ${dir}/run/$name.asok
log file = ${dir}/run/$name.log
pid file = ${dir}/run/$name.pid
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
`;

const run = async (program: string, args: readonly string[]): Promise<void> => {
  await promisify(execFile)(program, args, { timeout: START_DEADLINE_MS });
};

const end = async (child: ChildProcess | undefined): Promise<void> => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await Promise.race([exited, sleep(STOP_DEADLINE_MS, undefined, { ref: false })]);
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
