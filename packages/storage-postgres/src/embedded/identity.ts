import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { DatabaseStartError, errorCode } from "./errors.ts";

/** A user that processes run as and files belong to. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Whose processes the database consists of. */
export interface DatabaseUsers {
  /** Runs the server and owns its files; undefined means as this process. */
  readonly server: Identity | undefined;
  /** Creates the cluster: like `server`, but surely with an entry in /etc/passwd, without which initdb refuses. */
  readonly creator: Identity | undefined;
}

/** An administrator who wants a particular user for the database creates one by this name. */
const PREFERRED_USER = "patchbay";
/** Numbers that neither systemd nor the distributions give to anyone, and that exist in containers with 65,536 users. */
const UNASSIGNED_UIDS = [65531, 65530, 65529, 65528, 65527, 65526, 65525, 65524] as const;

/**
 * Decides who runs the database. PostgreSQL refuses to run as root, so root hands it to somebody else: the owner of an
 * existing cluster, the user `patchbay` if there is one, else a number of its own that no account has, so that no
 * other service of the machine can read its files.
 *
 * @throws DatabaseStartError `not_permitted` when the cluster belongs to someone else and this process is not root.
 */
export function databaseUsers(cluster: string): DatabaseUsers {
  const own = process.getuid?.();
  const owner = ownerOf(cluster);
  if (own !== 0) {
    if (own !== undefined && owner !== undefined && owner.uid !== own)
      throw foreignCluster(cluster, owner.uid, own);
    return { server: undefined, creator: undefined };
  }
  const accounts = readAccounts();
  const server = owner !== undefined && owner.uid !== 0 ? owner : dedicatedUser(accounts);
  const creator = accounts.some(({ uid }) => uid === server.uid) ? server : anyUnprivileged(accounts);
  return { server, creator };
}

/** @throws DatabaseStartError `no_user_entry` when initdb would refuse to run as this user. */
export function requireOwnAccount(): void {
  try {
    userInfo();
  } catch (error) {
    throw new DatabaseStartError(
      "no_user_entry",
      `User ${process.getuid?.()} has no entry in /etc/passwd, and PostgreSQL needs one to create a database. ` +
        "Add an entry, start as another user, or use a PostgreSQL server through PATCHBAY_DATABASE_URL.",
      { cause: error },
    );
  }
}

interface Account extends Identity {
  readonly name: string;
}

function dedicatedUser(accounts: readonly Account[]): Identity {
  const preferred = accounts.find(({ name, uid }) => name === PREFERRED_USER && uid !== 0);
  if (preferred !== undefined) return { uid: preferred.uid, gid: preferred.gid };
  const taken = new Set(accounts.map(({ uid }) => uid));
  const uid = UNASSIGNED_UIDS.find((candidate) => !taken.has(candidate));
  if (uid === undefined) {
    throw new DatabaseStartError(
      "no_user_entry",
      `PostgreSQL does not run as root, and no user is free to run it. Create one named ${PREFERRED_USER}.`,
    );
  }
  return { uid, gid: uid };
}

function anyUnprivileged(accounts: readonly Account[]): Identity {
  const account = accounts.find(({ name }) => name === "nobody") ?? accounts.find(({ uid }) => uid !== 0);
  if (account !== undefined && account.uid !== 0) return { uid: account.uid, gid: account.gid };
  throw new DatabaseStartError(
    "no_user_entry",
    "PostgreSQL does not run as root, and /etc/passwd lists nobody else. " +
      `Add a user named ${PREFERRED_USER}, or use a PostgreSQL server through PATCHBAY_DATABASE_URL.`,
  );
}

function readAccounts(): Account[] {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    return name && /^\d+$/.test(uid ?? "") && /^\d+$/.test(gid ?? "")
      ? [{ name, uid: Number(uid), gid: Number(gid) }]
      : [];
  });
}

function ownerOf(path: string): Identity | undefined {
  try {
    const { uid, gid } = statSync(path);
    return { uid, gid };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function foreignCluster(cluster: string, owner: number, own: number): DatabaseStartError {
  return new DatabaseStartError(
    "not_permitted",
    `The database in ${cluster} belongs to user ${owner}, and this is user ${own}: it was probably created by a start as root. ` +
      `Start as root again, or let root change the owner of the data folder: chown -R ${own} FOLDER.`,
  );
}
