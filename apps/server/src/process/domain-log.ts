import type { DomainLog } from "@patchbay/core";
import type { Logger } from "pino";

/** The server's log as the domain writes to it. */
export const asDomainLog = (log: Logger): DomainLog => ({
  info: (facts, message) => log.info(facts, message),
  warn: (facts, message) => log.warn(facts, message),
  error: (facts, message) => log.error(facts, message),
});
