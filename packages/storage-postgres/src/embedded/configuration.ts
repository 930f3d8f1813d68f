import { readFileSync, writeFileSync } from "node:fs";
import { errorCode } from "./errors.ts";

/**
 * The server's settings, written by us as a whole so that every start runs with the same ones. What is not here has
 * PostgreSQL's default; durability (fsync, full_page_writes, synchronous_commit) is on by default and stays so.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  port: "5432",
  unix_socket_permissions: "0700",
  max_connections: "100",
  shared_buffers: "128MB",
  // Plans for the short queries of a small machine: neither parallel workers nor compiled expressions pay here.
  max_parallel_workers_per_gather: "0",
  jit: "off",
  // Containers give /dev/shm 64 MB, and systemd empties it when its user logs out.
  dynamic_shared_memory_type: "mmap",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
  log_timezone: "UTC",
  timezone: "UTC",
  lc_messages: "C.UTF-8",
};

/** Writes `postgresql.conf`; true when that changed it, so that a running server has to be restarted. */
export function writeConfiguration(path: string, socketFolder: string): boolean {
  const text = render({ ...SETTINGS, unix_socket_directories: socketFolder });
  if (readOrUndefined(path) === text) return false;
  writeFileSync(path, text, { mode: 0o644 });
  return true;
}

function render(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written by Patchbay at every start: changes made here are lost.\n${lines.join("\n")}\n`;
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
