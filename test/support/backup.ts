import type { Api } from "./api.ts";

/** What differs between two servers that hold the same: what they are, and what they have done since they started, such as calls. */
const OF_THE_SERVER =
  /^\/(healthz|readyz|metrics|api\/system\/(backup|nodes))$|\/orgs\/\{org\}\/calls$|\/plugins\/\{plugin\}\/(metrics|instances)$/;

/**
 * The answers to every GET of the API whose parameters are known, by address. `ids` are values for the parameters of paths. Streams, which do
 * not end, and what is the server's own are left out.
 */
export const readEverything = async (
  api: Api,
  ids: Readonly<Record<string, string>>,
): Promise<Map<string, string>> => {
  const answers = new Map<string, string>();
  const { paths } = (await api.get("/openapi.json")).body as {
    paths: Record<string, Record<string, unknown>>;
  };
  for (const [path, methods] of Object.entries(paths)) {
    if (!("get" in methods) || OF_THE_SERVER.test(path)) continue;
    const at = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => ids[name] ?? whole);
    if (at.includes("{")) continue;
    for (const query of ["", "?organization=default", "?project=alpha"]) {
      const response = await api.raw(`${at}${query}`);
      const isStream = response.headers.get("content-type")?.includes("event-stream") === true;
      if (isStream) await response.body?.cancel();
      else answers.set(`${at}${query}`, `${response.status} ${withoutTimes(await response.text())}`);
    }
  }
  return answers;
};

/** When a key was used last, how long something took, and the like are the server's doing, not its data. */
const withoutTimes = (text: string): string =>
  text
    .replaceAll(
      /"(requestId|checkedAt|lookedAt|lastUsedAt|nodeId|startedAt|uptimeSeconds)":("[^"]*"|null|[\d.]+)/g,
      '"$1":""',
    )
    // Of reports about the time until now.
    .replaceAll(/"(from|to)":"\d{4}-\d\d-\d\dT[^"]*"/g, '"$1":""')
    .replaceAll(/"health":\{[^}]*\}/g, '"health":{}')
    .replaceAll(/127\.0\.0\.1:\d+/g, "here");
