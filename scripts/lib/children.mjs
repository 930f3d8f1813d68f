// Child processes that do not outlive the script.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const running = new Set();
/** Ctrl-C in a terminal reaches a script twice: from the terminal and from npm, which passes it on. */
const SAME_SIGNAL_MS = 500;
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Exit code for a process that ended by `code` or by `signal`, as shells give it. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/**
 * Starts a child in a session of its own, so that a signal from the terminal reaches it once: through `endChildren`. Comes back
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

/** Sends a signal to every running child. `group` reaches what they have started, too. */
export function endChildren(signal, { group } = { group: false }) {
  for (const child of running) {
    if (group) process.kill(-child.pid, signal);
    else child.kill(signal);
  }
}

/**
 * Passes signals on to `handle`, each once. Until it is replaced, the handler ends all children with their own and then
 * this process.
 */
export function onSignals(handle) {
  for (const name of FORWARDED) {
    process.removeAllListeners(name);
    let lastMs = 0;
    process.on(name, () => {
      const now = Date.now();
      if (now - lastMs > SAME_SIGNAL_MS) handle(name);
      lastMs = now;
    });
  }
}

/** The handler for all steps but the last: what runs is of no use without this script. */
export function endWithChildren(signal) {
  endChildren(signal, { group: true });
  process.exit(exitCodeOf(null, signal));
}
