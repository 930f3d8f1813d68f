import { isProjectVisible, type Sight } from "../../access/sight.ts";
import type { AuditEvent } from "../../ports/audit-store.ts";

/** A plugin's history for somebody who may not see every plugin and project; `isSeen` says which plugins they see. */
export const seenHistory = (
  sight: Sight,
  events: readonly AuditEvent[],
  isSeen: (plugin: string) => boolean,
): AuditEvent[] =>
  events
    .filter(({ detail: { project } }) => typeof project !== "string" || isProjectVisible(sight, project))
    .map((event) => {
      const { alongWith, ...detail } = event.detail;
      return typeof alongWith !== "string" || isSeen(alongWith) ? event : { ...event, detail };
    });
