import type { DomainLog } from "@patchbay/core";

export const SILENT: DomainLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
