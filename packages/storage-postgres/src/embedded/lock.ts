import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseStartError, errorCode } from "./errors.ts";
import { FOREIGN_LOCK_EXPIRED_MS, FOREIGN_LOCK_SILENCE_MS, LOCK_HEARTBEAT_MS } from "./limits.ts";
import { findProcess, hasProc } from "./processes.ts";

/** Exclusive ownership of a data folder, held until released or until this process ends in any way. */
export interface FolderLock {
  release(): void;
}

/** Who claims a folder. All of it is in the name of the claim's file, so that a claim is never seen half written. */
interface Claim {
  readonly name: string;
  readonly pid: number;
  readonly startTicks: string;
  /** The machine's run and the process namespace: elsewhere, process numbers mean something else. */
  readonly place: string;
}

const CLAIM_NAME = /^(\d+)-(\d+)-([0-9a-z-]+)\.claim$/;
const RETRY_PAUSE_MS = 150;

/**
 * Takes the folder for this process. Claims of processes that ended are cleared away; for a living one it waits up to
 * `waitMs` in case it is about to end.
 *
 * Every contender first writes its own claim and then looks for others', so of two that come together at least one sees
 * the other and withdraws: no moment exists in which both hold the folder, and clearing away a dead claim needs no lock.
 *
 * @throws DatabaseStartError `data_in_use`, naming the process that holds the folder.
 */
export async function lockFolder(
  folder: string,
  options: { waitMs: number; foreignSilenceMs?: number; onWait?: (pid: number) => void },
): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = ownClaim();
  const silenceMs = options.foreignSilenceMs ?? FOREIGN_LOCK_SILENCE_MS;
  const others = new OtherClaims(folder, own, silenceMs);
  const deadline = performance.now() + options.waitMs;
  let told = false;
  for (;;) {
    const holder = others.findLiving() ?? claimFolder(folder, own, others);
    if (holder === undefined) return holdFolder(join(folder, own.name));
    // A claim that cannot be judged by its process is judged by its silence, which takes longer than a refusal.
    const foreign = holder.place !== own.place;
    if (performance.now() > deadline + (foreign ? silenceMs : 0)) throw inUse(folder, holder, foreign);
    if (!told) options.onWait?.(holder.pid);
    told = true;
    await sleep(RETRY_PAUSE_MS * (1 + Math.random()));
  }
}

/** Writes the own claim; when a living one is there too, withdraws and returns that one. */
function claimFolder(folder: string, own: Claim, others: OtherClaims): Claim | undefined {
  const path = join(folder, own.name);
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (errorCode(error) === "EEXIST") return own; // this very process holds the folder already
    throw error;
  }
  const other = others.findLiving();
  if (other !== undefined) rmSync(path, { force: true });
  return other;
}

/** All claims on a folder but the own one, as seen from this process. */
class OtherClaims {
  readonly #folder: string;
  readonly #own: Claim;
  readonly #silenceMs: number;
  /** Since when a claim that cannot be judged by its process has not been renewed. */
  readonly #silent = new Map<string, { modifiedMs: number; sinceMs: number }>();

  constructor(folder: string, own: Claim, silenceMs: number) {
    this.#folder = folder;
    this.#own = own;
    this.#silenceMs = silenceMs;
  }

  /** One that is, or may be, of a living process. Those that surely are not are removed. */
  findLiving(): Claim | undefined {
    let found: Claim | undefined;
    for (const name of readdirSync(this.#folder)) {
      const claim = parseClaim(name);
      if (claim === undefined || name === this.#own.name) continue;
      if (this.#isAlive(claim)) found ??= claim;
      else rmSync(join(this.#folder, name), { force: true });
    }
    return found;
  }

  #isAlive(claim: Claim): boolean {
    if (claim.place === this.#own.place && hasProc)
      return findProcess(claim.pid)?.startTicks === claim.startTicks;
    const modifiedMs = statSync(join(this.#folder, claim.name), { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedMs === undefined || Date.now() - modifiedMs > FOREIGN_LOCK_EXPIRED_MS) return false;
    const now = performance.now();
    const seen = this.#silent.get(claim.name);
    if (seen?.modifiedMs === modifiedMs) return now - seen.sinceMs < this.#silenceMs;
    this.#silent.set(claim.name, { modifiedMs, sinceMs: now });
    return true;
  }
}

/** Keeps the claim fresh for those who cannot see this process. */
function holdFolder(path: string): FolderLock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch (error) {
      // The data folder was removed under a running server: its own errors say so better than a lock can.
      if (errorCode(error) === undefined) throw error;
    }
  }, LOCK_HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      rmSync(path, { force: true });
    },
  };
}

function ownClaim(): Claim {
  const startTicks = findProcess(process.pid)?.startTicks ?? "0";
  const place = thisPlace();
  return { name: `${process.pid}-${startTicks}-${place}.claim`, pid: process.pid, startTicks, place };
}

function parseClaim(name: string): Claim | undefined {
  const [, pid, startTicks, place] = CLAIM_NAME.exec(name) ?? [];
  if (pid === undefined || startTicks === undefined || place === undefined) return undefined;
  return { name, pid: Number(pid), startTicks, place };
}

function thisPlace(): string {
  if (!hasProc) return "unknown";
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const namespace = readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  return `${boot}-${namespace}`;
}

function inUse(folder: string, holder: Claim, foreign: boolean): DatabaseStartError {
  const who = foreign ? `process ${holder.pid} of another container or machine` : `process ${holder.pid}`;
  return new DatabaseStartError(
    "data_in_use",
    `Another Patchbay (${who}) uses this data folder; its lock is ${join(folder, holder.name)}. ` +
      "Stop it first, or give this one a folder of its own through PATCHBAY_DATA_DIR.",
  );
}
