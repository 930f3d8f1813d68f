import { randomUUID } from "node:crypto";
import type { Endpoint, EndpointRequest } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newInstallation, refusal, type Subject, times } from "./fixtures.ts";

const MINUTE_MS = 60_000;

export const describeEndpoints = (subject: () => Subject): void => {
  const store = () => subject().database.endpoints;
  const newEndpoint = async (change: Partial<Endpoint> = {}): Promise<Endpoint> => {
    const { id: installationId, organizationId, pluginId } = await newInstallation(subject().database);
    const {
      pluginId: _,
      createdAt: __,
      ...row
    }: Endpoint = {
      id: randomUUID(),
      organizationId,
      installationId,
      pluginId,
      name: "orders",
      project: null,
      address: randomUUID(),
      title: "Orders",
      authentication: "none",
      enabled: true,
      perMinute: 60,
      maxBodyBytes: 2_147_483_647,
      maxSeconds: 60,
      origins: ["https://example.org"],
      keepsBodies: true,
      createdAt: new Date(0),
      ...change,
    };
    expect(await store().add(row)).toBe(true);
    return (await store().find(row.organizationId, row.id)) as Endpoint;
  };
  const requestOf = (endpointId: string, change: Partial<EndpointRequest> = {}): EndpointRequest => ({
    id: randomUUID(),
    endpointId,
    at: new Date(),
    method: "POST",
    path: "/a",
    query: "",
    headers: [["a", "b"]],
    status: 200,
    durationMs: 3,
    requestBytes: 5_000_000_000,
    answerBytes: 2,
    code: null,
    message: null,
    body: Buffer.from([0, 255]),
    replayOf: null,
    ...change,
  });

  describe("endpoints", () => {
    it("are found by their address and in their organization, and at no address twice", async () => {
      const one = await newEndpoint();
      const other = await newEndpoint();
      expect(await subject().other.endpoints.findByAddress(one.address)).toEqual(one);
      expect(await store().find(other.organizationId, one.id)).toBeNull();
      expect(await store().list(one.organizationId)).toEqual([one]);
      const { pluginId: _, createdAt: __, ...row } = one;
      expect(await store().add({ ...row, id: randomUUID() })).toBe(false);
      expect(await store().change(other.id, { address: one.address })).toBe(false);
      expect(await store().change(other.id, { address: other.address, origins: [] })).toBe(true);
      const gone = store().add({ ...row, id: randomUUID(), address: randomUUID(), project: "nowhere" });
      expect(await refusal(gone)).toBe("project_not_found");
      const left = store().add({ ...row, id: randomUUID(), address: randomUUID(), installationId: "none" });
      expect(await refusal(left)).toBe("plugin_not_installed");
    });

    it("take an address that is being taken from nobody", async () => {
      const [one, other] = [await newEndpoint(), await newEndpoint()];
      const address = randomUUID();
      const hasChanged = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const first = subject().other.transaction(async ({ endpoints }) => {
        expect(await endpoints.change(one.id, { address })).toBe(true);
        hasChanged.resolve();
        await mayEnd.promise;
      });
      await hasChanged.promise;
      const second = store().change(other.id, { address });
      // Waits for the first one, or has been told by it.
      mayEnd.resolve();
      await first;
      expect(await second).toBe(false);
    });

    it("have secrets that end, of which no later time is made an earlier one's", async () => {
      const { id, organizationId } = await newEndpoint();
      const add = async () => {
        const secret = { id: randomUUID(), endpointId: id, hint: "pbe_", content: "x", expiresAt: null };
        await store().addSecret(secret);
        return secret.id;
      };
      const ends = async () =>
        (await store().secrets(id)).map(({ expiresAt }) => expiresAt?.getTime() ?? null);
      await add();
      await store().expireSecrets(id, new Date(2 * MINUTE_MS));
      await add();
      await store().expireSecrets(id, new Date(3 * MINUTE_MS));
      expect(await ends()).toEqual([2 * MINUTE_MS, 3 * MINUTE_MS]);
      await store().removeSecrets(id, new Date(2 * MINUTE_MS));
      expect(await ends()).toEqual([3 * MINUTE_MS]);
      expect(await store().secretsOfAll(organizationId)).toEqual(await store().secrets(id));
    });

    it("have their requests page by page, and none once they are gone", async () => {
      const { id } = await newEndpoint();
      const requests = await times(5, async (index) => requestOf(id, { path: `/${index}` }));
      const lost = requestOf(randomUUID());
      await store().addRequests([...requests, lost]);
      const first = await store().listRequests(id, { limit: 3 });
      const rest = await store().listRequests(id, { limit: 3, cursor: first.cursor ?? "" });
      expect([...first.items, ...rest.items].map(({ path }) => path)).toEqual(["/4", "/3", "/2", "/1", "/0"]);
      const { body, ...listed } = requests[4] ?? requestOf(id);
      expect(first.items[0]).toEqual({ ...listed, hasBody: body !== null });
      expect(await store().findRequest(id, requests[0]?.id ?? "")).toEqual(requests[0]);
      expect(await store().findRequest(randomUUID(), requests[0]?.id ?? "")).toBeNull();
      await store().trim(2, new Date(0), new Date(0));
      expect((await store().listRequests(id, { limit: 9 })).items).toHaveLength(2);
      await store().remove(id);
      await store().addRequests([requestOf(id)]);
      expect((await store().listRequests(id, { limit: 9 })).items).toEqual([]);
    });

    it("have more requests at once than one statement takes", async () => {
      const [first, ...others] = await times(5, () => newEndpoint());
      const ids = [first, ...others].map((one) => one?.id ?? "");
      const requests = Array.from({ length: 5_000 }, (_, index) => requestOf(ids[index % 5] ?? ""));
      await store().addRequests(requests);
      expect((await store().listRequests(ids[0] ?? "", { limit: 2_000 })).items).toHaveLength(1_000);
    });

    it("let a message be claimed once, whichever node it comes to, and again when it was not taken", async () => {
      const { id } = await newEndpoint();
      const now = new Date();
      const later = new Date(now.getTime() + MINUTE_MS);
      const claim = (at = now, node = store()) =>
        node.claimMessage(id, "msg", at, new Date(at.getTime() + MINUTE_MS));
      const claims = await times(8, (index) =>
        claim(now, index % 2 === 0 ? store() : subject().other.endpoints),
      );
      expect(claims.filter((one) => one === "new")).toHaveLength(1);
      expect(new Set(claims)).toEqual(new Set(["new", "under_way"]));
      await store().settleMessage(id, "msg", false);
      expect(await claim()).toBe("new");
      // Whoever was at it has gone.
      expect(await claim(later)).toBe("new");
      await store().settleMessage(id, "msg", true);
      expect(await claim(new Date(later.getTime() + 9 * MINUTE_MS))).toBe("delivered");
      await store().settleMessage(id, "msg", false);
      expect(await claim()).toBe("delivered");
      await store().trim(10, new Date(0), new Date(Date.now() + MINUTE_MS));
      expect(await claim()).toBe("new");
    });
  });
};
