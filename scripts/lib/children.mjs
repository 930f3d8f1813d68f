// Child processes that do not outlive the script.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();
/** Ctrl-C in a terminal reaches a script twice: from the terminal and from npm, which passes it on. */
const SAME_SIGNAL_MS = 500;
const FORCE_AFTER_MS = 3_000;
const WATCH_NPM_MS = 200;
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Exit code for a process that ended by `code` or by `signal`, as shells give it. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/**
 * Starts a child in a session of its own, so that a signal from the terminal reaches it once: through a handler. Comes back
 * with the child and a promise of its exit code.
 */
export function startChild(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: process.platform !== "win32" });
  running.add(child);
  const ended = new Promise((resolve, reject) => {
    child.once("error", (error) => {
      running.delete(child);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      running.delete(child);
      resolve(exitCodeOf(code, signal));
    });
  });
  return { child, ended };
}

/** Runs a command to its end and returns its exit code; its output goes where ours goes. */
export function run(command, args, options = {}) {
  return startChild(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options }).ended;
}

let handler;

/**
 * Calls `handle` with the name of a signal when this script is to end: once for each signal, and with SIGTERM when the npm that
 * runs it has gone, which its shell does not pass on. A later call replaces the handler.
 */
export function onEnd(handle) {
  const isFirst = handler === undefined;
  handler = handle;
  if (!isFirst) return;
  for (const name of FORWARDED) {
    let lastMs = Number.NEGATIVE_INFINITY;
    process.on(name, () => {
      const now = performance.now();
      if (now - lastMs > SAME_SIGNAL_MS) handler(name);
      lastMs = now;
    });
  }
  onNpmGone(() => handler("SIGTERM"));
}

/** A handler: ends all children with what they have started, by force after a while, and then this script. */
export async function endWithChildren(signal) {
  const groups = [...running].map(({ pid }) => -pid);
  for (const group of groups) process.kill(group, signal);
  const deadline = performance.now() + FORCE_AFTER_MS;
  while (running.size > 0 && performance.now() < deadline) await sleep(50);
  if (running.size > 0) for (const group of groups) process.kill(group, "SIGKILL");
  process.exit(exitCodeOf(null, signal));
}

/** Calls back when the npm that runs this script was killed, perhaps with a shell between the two that was not. */
function onNpmGone(callback) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const grandparent = isShell(parent) ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    const gone = process.ppid !== parent || (grandparent !== undefined && parentOf(parent) !== grandparent);
    if (!gone) return;
    clearInterval(timer);
    callback();
  }, WATCH_NPM_MS);
  timer.unref();
}

function isShell(pid) {
  return /^\d+ \((sh|dash|bash|ash|busybox|zsh)\)/.test(readStat(pid));
}

function parentOf(pid) {
  const stat = readStat(pid);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
}

function readStat(pid) {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
