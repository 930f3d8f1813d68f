import { fstatSync } from "node:fs";
import { Socket } from "node:net";

/** Names the file descriptor of a pipe that whoever started this process holds open for as long as it lives. */
const PARENT_FD_VARIABLE = "PATCHBAY_PARENT_FD";

/**
 * Calls back once when the process that started this one is gone, even when it was killed by SIGKILL and could tell nobody.
 * Does nothing for a server that was started without such a pipe. Does not keep the process alive.
 */
export function onParentExit(callback: () => void): void {
  const descriptor = Number(process.env[PARENT_FD_VARIABLE]);
  // Processes that this one starts do not have the pipe.
  delete process.env[PARENT_FD_VARIABLE];
  if (!Number.isInteger(descriptor) || descriptor < 3 || !isPipe(descriptor)) return;
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  // An error ends the pipe like its end does; `close` follows either.
  pipe.on("error", () => undefined);
  pipe.once("close", callback);
  pipe.resume();
  pipe.unref();
}

function isPipe(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isSocket() || found.isFIFO();
  } catch {
    return false; // not an open descriptor: the variable came from elsewhere
  }
}
