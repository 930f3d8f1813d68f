/** Tools of one server. Clients of ours list them all, and models read them. */
export const MAX_SERVER_TOOLS = 200;
/** Of what a server says of itself and of its tools, as JSON, in characters. */
export const MAX_DEFINITIONS_BYTES = 2 * 1024 * 1024;
/** Servers of one organization. */
export const MAX_SERVERS = 100;
/** From one look at what a server has to the next. */
export const LOOK_EVERY_MS = 10 * 60_000;
/** The same while it does not answer. */
export const LOOK_AGAIN_MS = 30_000;
/** So long a look may take. */
export const LOOK_DEADLINE_MS = 45_000;
