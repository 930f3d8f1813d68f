/** What a call carries of the trace that it belongs to, as W3C Trace Context has it. */
export interface Trace {
  /** 32 hexadecimal digits, as all parts of the trace have them. */
  readonly id: string;
  /** Two hexadecimal digits: `01` where the trace is recorded. */
  readonly flags: string;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;
/** Headers of later versions may go on; no known one comes near this. */
const MAX_TRACEPARENT_LENGTH = 256;

/** The trace that a header `traceparent` names; null for what is none, which the standard has ignored. */
export const traceOf = (header: unknown): Trace | null => {
  if (typeof header !== "string" || header.length > MAX_TRACEPARENT_LENGTH) return null;
  const [, version, id, flags, more] = TRACEPARENT.exec(header) ?? [];
  if (id === undefined || flags === undefined || (version === "00" && more !== undefined)) return null;
  return { id, flags };
};

/** The header `traceparent` for what a call asks for. The call is a span of the trace, which its id (a UUID) gives a name. */
export const traceparentOf = ({ id, flags }: Trace, call: string): string =>
  `00-${id}-${call.replaceAll("-", "").slice(-16).padStart(16, "1")}-${flags}`;
