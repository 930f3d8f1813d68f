import type { ActivityDto } from "@patchbay/protocol";
import { useEffect, useState } from "react";
import { clientOf } from "./client.ts";
import { queryClient } from "./query-client.ts";
import { useSession } from "./session.ts";

/** Which queries of an organization a change makes stale, by the beginnings of their keys. */
const staleAfter = (org: string, { kind }: ActivityDto): readonly (readonly unknown[])[] => {
  switch (kind) {
    case "settings":
      return [
        [org, "plugins"],
        [org, "models"],
        [org, "settings version"],
      ];
    case "installation":
    case "grants":
    case "scope":
      return [
        [org, "plugins"],
        [org, "models"],
        [org, "schedules"],
        [org, "endpoints"],
        [org, "tools"],
        [org, "views"],
        [org, "audit"],
        [org, "updates"],
        [org, "marketplace"],
      ];
    case "catalog":
      return [
        [org, "catalog"],
        [org, "plugins"],
      ];
    case "members":
      return [["me"], [org, "members"], [org, "projects"], [org, "policy"], [org, "marketplace"]];
    case "projects":
      return [["me"], [org, "projects"]];
    case "keys":
      return [[org, "keys"]];
    case "notifications":
      return [[org, "notifications"]];
    case "schedules":
      return [[org, "schedules"]];
    case "endpoints":
      return [[org, "endpoints"]];
    case "models":
      return [[org, "models"]];
    case "requests":
      return [[org, "requests"]];
    case "toolsets":
      return [[org, "toolsets"]];
    case "budgets":
      return [
        [org, "budgets"],
        [org, "usage"],
      ];
    case "everything":
      return [["me"], [org]];
    default:
      return kind satisfies never;
  }
};

const refresh = (org: string, change: ActivityDto): void => {
  for (const queryKey of staleAfter(org, change)) void queryClient.invalidateQueries({ queryKey });
};

/** How it stands with the connection that brings changes. */
export type Connection = "connecting" | "open" | "lost";

/** Keeps what is shown of an organization as it is on the server. */
export const useLiveUpdates = (org: string): Connection => {
  const [connection, setConnection] = useState<Connection>("connecting");
  const { round } = useSession();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has signed in again listens anew
  useEffect(() => {
    const stop = new AbortController();
    const onState = (state: "open" | "lost") => {
      setConnection(state);
      // What was read before may have changed unheard: while the connection was lost, and before the first one was there.
      if (state === "open") refresh(org, { kind: "everything" });
    };
    const listen = async () => {
      for await (const change of clientOf(org).activity.follow({ signal: stop.signal, onState }))
        refresh(org, change);
    };
    // Refused: the person may not read here any more. Asking anew who they are brings the right page.
    listen().catch(() => queryClient.invalidateQueries({ queryKey: ["me"] }));
    return () => stop.abort();
  }, [org, round]);
  return connection;
};
