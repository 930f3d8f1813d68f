import type { Change, Toolset } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newOrganization, refusal, type Subject, times } from "./fixtures.ts";

const MOST = 5;

export const describeToolsets = (subject: () => Subject): void => {
  const store = () => subject().database.toolsets;
  const toolsetOf = (organizationId: string, name: string, change: Partial<Toolset> = {}): Toolset => ({
    organizationId,
    name,
    title: null,
    description: null,
    mode: "tools",
    tools: [{ plugin: "a.b", tool: "c" }],
    ...change,
  });

  describe("toolsets", () => {
    it("come back as they were written, by name, and are an organization's own", async () => {
      const [id, other] = [
        await newOrganization(subject().database),
        await newOrganization(subject().database),
      ];
      const second = toolsetOf(id, "b", {
        title: "B",
        description: "two\nlines",
        mode: "search",
        tools: [
          { plugin: "a.b", tool: "c", name: "d" },
          { plugin: "a.a", tool: "c" },
        ],
      });
      await store().create(second, MOST);
      await store().create(toolsetOf(id, "a"), MOST);
      expect(await store().list(id)).toEqual([toolsetOf(id, "a"), second]);
      expect(await store().find(id, "b")).toEqual(second);
      expect(await store().find(other, "b")).toBeNull();
      expect(await store().list(other)).toEqual([]);
    });

    it("are replaced, and removed once", async () => {
      const id = await newOrganization(subject().database);
      await store().create(toolsetOf(id, "a"), MOST);
      const changed = toolsetOf(id, "a", { title: "A", tools: [] });
      await store().replace(changed);
      expect(await store().find(id, "a")).toEqual(changed);
      expect([await store().remove(id, "a"), await store().remove(id, "a")]).toEqual([true, false]);
    });

    it("are not made twice, nor more than there may be, however many come at once", async () => {
      const id = await newOrganization(subject().database);
      const outcomes = await times(MOST + 2, (index) =>
        refusal(store().create(toolsetOf(id, `n${index}`), MOST)),
      );
      expect(outcomes.filter((outcome) => outcome === "invalid_request")).toHaveLength(2);
      const [first] = await store().list(id);
      expect(await refusal(store().create(toolsetOf(id, first?.name ?? ""), 100))).toBe("already_exists");
    });

    it("tell every node of each change, and of calls that were given up", async () => {
      const id = await newOrganization(subject().database);
      const heard: Change[] = [];
      const stop = subject().other.changes.subscribe((change) => heard.push(change));
      await store().create(toolsetOf(id, "a"), MOST);
      await store().replace(toolsetOf(id, "a", { title: "A" }));
      await store().remove(id, "a");
      await subject().database.clientCalls.tellGivenUp(`call of ${id}`);
      const isLast = (change: Change) => change.kind === "client_call" && change.id === `call of ${id}`;
      await expect.poll(() => heard.some(isLast)).toBe(true);
      stop();
      const told = { kind: "toolset", id: "a", organizationId: id };
      expect(heard.filter((change) => "organizationId" in change && change.organizationId === id)).toEqual([
        ...[told, told, told],
      ]);
    });
  });
};
