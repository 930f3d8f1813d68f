import { randomUUID } from "node:crypto";
import type { CallReach, Installation, LoggedCall } from "@patchbay/core";
import { beforeEach, describe, expect, it } from "vitest";
import { installationOf, newInstallation, refusal, type Subject, times } from "./fixtures.ts";

const MINUTE_MS = 60_000;
const NOON = new Date("2026-05-01T12:00:00.000Z").getTime();
const at = (minutes: number) => new Date(NOON + minutes * MINUTE_MS);

export const describeCalls = (subject: () => Subject): void => {
  const calls = () => subject().database.calls;
  let installation: Installation;
  let all: CallReach;
  beforeEach(async () => {
    installation = await newInstallation(subject().database);
    all = { organizationId: installation.organizationId, of: "everybody", seen: "all" };
  });
  const callOf = (more: Partial<LoggedCall> = {}): LoggedCall => {
    const id = randomUUID();
    const { id: installationId, organizationId, pluginId, version } = installation;
    return {
      id,
      organizationId,
      installationId,
      pluginId,
      version,
      kind: "tools",
      name: "run",
      project: null,
      userId: null,
      apiKeyId: null,
      caller: null,
      surface: null,
      path: null,
      parentId: null,
      chainId: id,
      traceId: null,
      at: at(0),
      durationMs: 1.5,
      code: null,
      inputBytes: null,
      outputBytes: null,
      input: null,
      output: null,
      ...more,
    };
  };
  const add = async (...some: Partial<LoggedCall>[]): Promise<LoggedCall[]> => {
    const added = some.map(callOf);
    await calls().append(added);
    return added;
  };
  const idsOf = async (reach: CallReach, query: object = {}) =>
    (await calls().list(reach, { limit: 100, ...query })).items.map(({ id }) => id);

  describe("the log of calls", () => {
    it("gives back what was written, once", async () => {
      const full = callOf({
        project: "web",
        userId: randomUUID(),
        apiKeyId: randomUUID(),
        caller: "acme.other",
        surface: "api",
        path: ["acme.other/run", "acme.one/run"],
        parentId: randomUUID(),
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
        code: "plugin_error",
        inputBytes: 1024 ** 4,
        outputBytes: 1,
        input: { json: '"nul \\u0000"', isCut: true },
        output: { json: "1", isCut: false },
      });
      await calls().append([full]);
      await calls().append([{ ...full, name: "other" }]);
      const gone = { userName: null, apiKeyName: null };
      expect(await calls().find(all, full.id)).toEqual({ ...full, ...gone });
      const { input: _input, output: _output, ...listed } = full;
      expect((await calls().list(all, { limit: 5 })).items).toEqual([{ ...listed, ...gone }]);
      expect(await calls().find(all, randomUUID())).toBeNull();
    });

    it("keeps nothing of an installation that is gone, and all others of the same batch", async () => {
      const lost = callOf({ installationId: randomUUID() });
      const kept = callOf();
      await calls().append([lost, kept]);
      expect(await idsOf(all)).toEqual([kept.id]);
      await calls().append([]);
    });

    it("goes with the installation", async () => {
      await add({}, {});
      const { database } = subject();
      await database.installations.remove(installation.id, installation.revision);
      expect(await idsOf(all)).toEqual([]);
    });

    it("is read page by page in the order of time, also where calls began at once", async () => {
      const added = await add(...Array.from({ length: 5 }, (_, n) => ({ at: at(n > 2 ? 1 : 0) })));
      const order = added
        .toSorted((one, other) => other.at.getTime() - one.at.getTime() || (one.id < other.id ? 1 : -1))
        .map(({ id }) => id);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await calls().list(all, { limit: 2, ...(cursor && { cursor }) });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(order);
      for (const bad of ["", "!", "a b", Buffer.from("1 '; --").toString("base64url")])
        expect([bad, await refusal(calls().list(all, { limit: 2, cursor: bad }))]).toEqual([
          bad,
          "invalid_request",
        ]);
    });

    it("tells a reader what they have started and what was for their projects, of plugins that they see", async () => {
      const me = randomUUID();
      const [mine, webs, none] = await add(
        { userId: me },
        { project: "web", userId: randomUUID() },
        { project: "app" },
      );
      const of = { userId: me, projects: ["web"] };
      const sees = async (reach: Partial<CallReach>) => (await idsOf({ ...all, ...reach })).toSorted();
      expect(await sees({})).toHaveLength(3);
      expect(await sees({ of })).toEqual([mine?.id, webs?.id].toSorted());
      expect(await sees({ of: { userId: me, projects: [] } })).toEqual([mine?.id]);
      const seen = { installations: [installation.id], projects: [] };
      expect(await sees({ of, seen })).toEqual([mine?.id]);
      expect(await sees({ of, seen: { installations: [], projects: ["web"] } })).toEqual([]);
      expect(await calls().find({ ...all, of }, none?.id ?? "")).toBeNull();
      expect(await calls().listChain({ ...all, of }, none?.chainId ?? "", 10)).toEqual([]);
      const { organizationId } = await newInstallation(subject().database);
      expect(await sees({ organizationId })).toEqual([]);
    });

    it("tells a chain by its beginnings, no more of it than is asked for", async () => {
      const chainId = randomUUID();
      const [late, early] = await add(
        { chainId, parentId: chainId, at: at(2) },
        { id: chainId, chainId, at: at(1) },
        {},
      );
      const chain = await calls().listChain(all, chainId, 10);
      expect(chain.map(({ id }) => id)).toEqual([early?.id, late?.id]);
      expect(await calls().listChain(all, chainId, 1)).toHaveLength(1);
    });

    it("keeps the newest of each plugin, and none that are too old", async () => {
      const added = await add({ at: at(3) }, { at: at(2) }, { at: at(1) }, { at: at(0) });
      const ids = added.map(({ id }) => id);
      const { organizationId } = installation;
      await calls().trim(organizationId, 10, at(1));
      expect(await idsOf(all)).toEqual(ids.slice(0, 3));
      await calls().trim(organizationId, 2, at(0));
      expect(await idsOf(all)).toEqual(ids.slice(0, 2));
      const second = await subject().database.installations.create(
        installationOf(organizationId, `plugin-${randomUUID()}`),
      );
      const [theirs] = await add({ installationId: second.id, pluginId: second.pluginId, at: at(0) });
      await calls().trim(organizationId, 2, at(0));
      expect(await idsOf(all)).toEqual([...ids.slice(0, 2), theirs?.id]);
      await calls().append([callOf({ ...theirs, id: randomUUID() })]);
      await calls().trim(organizationId, 1, at(0));
      expect(await idsOf(all)).toHaveLength(2);
      await calls().trim(randomUUID(), 0, at(9));
      expect(await idsOf(all)).toHaveLength(2);
    });

    it("takes what many nodes write while installations go", async () => {
      const others = await times(4, () => newInstallation(subject().database));
      const { database, other } = subject();
      const batch = () =>
        others.flatMap(({ id, organizationId }) =>
          Array.from({ length: 20 }, () => callOf({ installationId: id, organizationId })),
        );
      await Promise.all([
        ...Array.from({ length: 4 }, () => database.calls.append(batch())),
        ...Array.from({ length: 4 }, () => other.calls.append(batch().toReversed())),
        ...others.map(({ id, revision }) => database.installations.remove(id, revision)),
      ]);
      for (const { organizationId } of others) expect(await idsOf({ ...all, organizationId })).toEqual([]);
    });
  });
};
