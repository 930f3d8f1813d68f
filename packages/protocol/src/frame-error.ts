/** What a reader throws at a frame that breaks the format or a limit. The connection is of no more use after it. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}
