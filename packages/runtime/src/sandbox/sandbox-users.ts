import { spawnSync } from "node:child_process";

export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
  /** Whether other processes have the same user. */
  readonly isShared: boolean;
}

/** Numbers that no distribution gives to people or services, one for each sandbox in turn: more than there are sandboxes. */
const FIRST_UID = 64_000;
const UIDS = 1_000;
/** `nobody`, where the system does not have these numbers, as in some containers. */
const NOBODY = 65_534;

/** Whom sandboxes run as when the server is root: each as a user of its own, so that none can signal or trace another. */
export class SandboxUsers {
  readonly #hasOwnNumbers: boolean;
  readonly #isRoot = process.getuid?.() === 0;
  #next = 0;

  constructor() {
    this.#hasOwnNumbers = this.#isRoot && canRunAs(FIRST_UID) && canRunAs(FIRST_UID + UIDS - 1);
  }

  /** The next user; undefined when the server is no root and cannot choose. */
  next(): SandboxUser | undefined {
    if (!this.#isRoot) return undefined;
    if (!this.#hasOwnNumbers) return { uid: NOBODY, gid: NOBODY, isShared: true };
    const uid = FIRST_UID + (this.#next++ % UIDS);
    return { uid, gid: uid, isShared: false };
  }
}

const canRunAs = (uid: number): boolean =>
  spawnSync("/bin/sh", ["-c", ":"], { uid, gid: uid, cwd: "/", env: {}, stdio: "ignore" }).status === 0;
