import { expect, it } from "vitest";
import type { Database } from "../../ports/database.ts";
import type { Marketplace } from "../../ports/marketplace.ts";
import type { World } from "../../world.ts";
import { Marketplaces } from "./marketplaces.ts";
import { OfferRefresh } from "./offer-refresh.ts";

type Parts = ConstructorParameters<typeof OfferRefresh>[0];

it("goes on with other plugins when one cannot be looked after for whatever reason", async () => {
  const watched = ["acme.first", "acme.second", "acme.third"].map((pluginId) => ({
    ...({ organizationId: null, source: "marketplace", place: "m", pluginId } as const),
  }));
  const kept: string[] = [];
  const offers = {
    listWatched: async () => watched,
    removeOlder: async () => undefined,
    replace: async ({ pluginId }: { pluginId: string }) => {
      if (pluginId === "acme.second") throw new RangeError("Maximum call stack size exceeded");
      kept.push(pluginId);
    },
  };
  const market = { key: "m", package: async () => null } as unknown as Marketplace;
  const logged: string[] = [];
  const log = (_: unknown, message: string) => logged.push(message);
  const refresh = new OfferRefresh({
    database: { offers } as unknown as Database,
    marketplaces: new Marketplaces([market]),
    world: { now: () => new Date(), log: { info: log, warn: log, error: log } } as unknown as World,
  } as Parts);
  const { checked, failed } = await refresh.run();
  expect([checked, kept]).toEqual([
    ["acme.first", "acme.third"],
    ["acme.first", "acme.third"],
  ]);
  expect(failed).toMatchObject([{ plugin: "acme.second", code: "internal" }]);
  expect(logged).toContain("newer versions could not be looked for");
});
