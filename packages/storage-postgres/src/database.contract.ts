import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeArtifacts } from "./contract/artifacts.contract.ts";
import { describeCalls } from "./contract/calls.contract.ts";
import { describeCatalog } from "./contract/catalog.contract.ts";
import { describeChanges } from "./contract/changes.contract.ts";
import { describeConversations } from "./contract/conversations.contract.ts";
import { describeDurable } from "./contract/durable.contract.ts";
import { describeEndpoints } from "./contract/endpoints.contract.ts";
import { newOrganization, newUser, SILENT, type Subject, times } from "./contract/fixtures.ts";
import { describeInstallations } from "./contract/installations.contract.ts";
import { describeKeptResponses } from "./contract/kept-responses.contract.ts";
import { describeMcpServers } from "./contract/mcp-servers.contract.ts";
import { describeMemory } from "./contract/memory.contract.ts";
import { describeMemoryExtractions } from "./contract/memory-extractions.contract.ts";
import { describeMemoryOfPeople } from "./contract/memory-people.contract.ts";
import { describeModelAccounts } from "./contract/model-accounts.contract.ts";
import { describeNotifications } from "./contract/notifications.contract.ts";
import { describeOffers } from "./contract/offers.contract.ts";
import { describePeople } from "./contract/people.contract.ts";
import { describePluginData } from "./contract/plugin-data.contract.ts";
import { describeRecords } from "./contract/records.contract.ts";
import { describeRegistry } from "./contract/registry.contract.ts";
import { describeRequests } from "./contract/requests.contract.ts";
import { describeToolsets } from "./contract/toolsets.contract.ts";
import { describeTrust } from "./contract/trust.contract.ts";
import { describeUpdates } from "./contract/updates.contract.ts";
import { PostgresDatabase } from "./postgres-database.ts";

/** A server to run the suite on. Its role may create databases. */
export interface ServerUnderTest {
  readonly config: pg.PoolConfig;
  stop(): Promise<void>;
}

/** What `Database` promises, for any way to reach a server. */
export const describeDatabase = (name: string, start: () => Promise<ServerUnderTest>): void => {
  describe(name, () => {
    let server: ServerUnderTest;
    let config: pg.PoolConfig;
    let nodes: PostgresDatabase[] = [];
    beforeAll(async () => {
      server = await start();
      config = await createDatabase(server);
      // Both at once: they also find out which of them makes the tables.
      nodes = await times(2, () => PostgresDatabase.connect({ ...config, max: 5 }, SILENT));
    });
    afterAll(async () => {
      for (const node of nodes) await node.close();
      await server?.stop();
    });

    const subject = (): Subject => {
      const [database, other] = nodes;
      if (database === undefined || other === undefined) throw new Error("The suite has not started.");
      return {
        database,
        other,
        breakChangeFeeds: () => endListeners(server),
        execute: (text) => query(config, text),
      };
    };

    describeConnecting(() => server);
    describeTransactions(subject);
    describePeople(subject);
    describeCalls(subject);
    describeCatalog(subject);
    describeArtifacts(subject);
    describeInstallations(subject);
    describePluginData(subject);
    describeRecords(subject);
    describeNotifications(subject);
    describeRequests(subject);
    describeRegistry(subject);
    describeOffers(subject);
    describeUpdates(subject);
    describeDurable(subject);
    describeConversations(subject);
    describeEndpoints(subject);
    describeKeptResponses(subject);
    describeModelAccounts(subject);
    describeMemory(subject);
    describeMemoryExtractions(subject);
    describeMemoryOfPeople(subject);
    describeMcpServers(subject);
    describeToolsets(subject);
    describeTrust(subject);
    describeChanges(subject);
  });
};

const describeConnecting = (server: () => ServerUnderTest): void => {
  it("makes its tables once when many nodes start together, and again takes them as they are", async () => {
    const config = await createDatabase(server());
    const nodes = await times(4, () => PostgresDatabase.connect(config, SILENT));
    const id = await newOrganization(nodes[0] as PostgresDatabase);
    for (const node of nodes) await node.close();
    const again = await PostgresDatabase.connect(config, SILENT);
    expect(await again.organizations.findOrganization(`org-${id}`)).toMatchObject({ id });
    await again.close();
    await again.close();
  });

  it("refuses a database that a newer Patchbay has used, and says so", async () => {
    const config = await createDatabase(server());
    await (await PostgresDatabase.connect(config, SILENT)).close();
    await query(config, "insert into kysely_migration (name, timestamp) values ('999-future', 'now')");
    await expect(PostgresDatabase.connect(config, SILENT)).rejects.toThrow(/newer Patchbay \(999-future\)/);
  });

  it("says at once what is wrong with a database that waiting does not mend", async () => {
    const missing = PostgresDatabase.connect({ ...server().config, database: "nowhere" }, SILENT);
    await expect(missing).rejects.toThrow('The database cannot be used: database "nowhere" does not exist');
  });
};

const describeTransactions = (subject: () => Subject): void => {
  it("answers a ping", async () => {
    await subject().database.ping();
  });

  it("commits all of a transaction or nothing, with every store in it", async () => {
    const { database } = subject();
    const user = await newUser(database);
    const [kept, undone] = [randomUUID(), randomUUID()];
    const attempt = (id: string, fails: boolean) =>
      database.transaction(async ({ organizations, audit, accounts }) => {
        await organizations.createOrganization({ id, slug: id, name: "x" });
        await organizations.setMember(id, user.id, "owner");
        const actor = { kind: "system", id: null, name: "Patchbay" } as const;
        await audit.append({
          organizationId: id,
          actor,
          action: "organization.created",
          pluginId: null,
          detail: {},
        });
        await accounts.countAttempt(id, new Date(), new Date(0));
        if (fails) throw new Error("no");
        return id;
      });
    expect(await attempt(kept, false)).toBe(kept);
    await expect(attempt(undone, true)).rejects.toThrow("no");
    expect((await database.organizations.membershipsOf(user.id)).map((one) => one.organization.id)).toEqual([
      kept,
    ]);
    expect((await database.audit.list(undone, { limit: 1 })).items).toEqual([]);
    expect(await database.accounts.countAttempt(undone, new Date(), new Date(0))).toBe(1);
  });

  it("refuses text that the database cannot hold as the caller's fault", async () => {
    const search = subject().database.accounts.findUserByEmail("a\0@example.org");
    await expect(search).rejects.toMatchObject({ code: "invalid_request" });
  });
};

const createDatabase = async (server: ServerUnderTest): Promise<pg.PoolConfig> => {
  const database = `test_${randomUUID().replaceAll("-", "")}`;
  await query(server.config, `create database ${database}`);
  return { ...server.config, database };
};

const endListeners = async (server: ServerUnderTest): Promise<void> => {
  await query(
    server.config,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'patchbay changes'",
  );
};

const query = async (config: pg.ClientConfig, text: string): Promise<void> => {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
};
