import type { Installation, Notification, NotificationReader } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { installationOf, newInstallation, newUser, refusal, type Subject } from "./fixtures.ts";

export const describeNotifications = (subject: () => Subject): void => {
  const store = () => subject().database.notifications;
  const add = async (
    { organizationId, id: installationId, pluginId }: Installation,
    title: string,
    { read = false, ...change }: Partial<Notification> & { read?: boolean } = {},
  ) => {
    const place = { organizationId, installationId, pluginId, project: null, userId: null };
    await store().add({ ...place, level: "info", title, message: null, ...change }, read);
  };
  const everything = (userId: string): NotificationReader => ({ userId, projects: "all", plugins: "all" });
  const titles = async (organizationId: string, reader: NotificationReader, unread = false) =>
    (await store().list(organizationId, reader, { unread, limit: 9 })).items.map(({ title }) => title);

  describe("notifications", () => {
    it("come back as they were written, newest first, in pages", async () => {
      const installation = await newInstallation(subject().database);
      const { organizationId, pluginId, id: installationId } = installation;
      const { id: userId } = await newUser(subject().database);
      await add(installation, "one \0", { level: "warning", message: "two \0", project: "web" });
      await add(installation, "second");
      const first = await store().list(organizationId, everything(userId), { unread: false, limit: 1 });
      expect(first.items.map(({ title }) => title)).toEqual(["second"]);
      const cursor = first.cursor ?? "";
      const next = await store().list(organizationId, everything(userId), {
        unread: false,
        limit: 1,
        cursor,
      });
      expect(next).toEqual({
        items: [
          {
            id: expect.any(String),
            organizationId,
            installationId,
            pluginId,
            project: "web",
            userId: null,
            level: "warning",
            title: "one \uFFFD",
            message: "two \uFFFD",
            createdAt: expect.any(Date),
            read: false,
          },
        ],
      });
    });

    it("are seen by those whom they are for", async () => {
      const { database } = subject();
      const shown = await newInstallation(database);
      const { organizationId } = shown;
      const hidden = await database.installations.create(installationOf(organizationId));
      const [ada, bob] = [await newUser(database), await newUser(database)];
      await add(shown, "everyone");
      await add(shown, "web", { project: "web" });
      await add(shown, "secret", { project: "secret" });
      await add(hidden, "hidden");
      await add(shown, "bob", { userId: bob.id });
      const reader = (userId: string) => ({ userId, projects: ["web"], plugins: [shown.pluginId] });
      expect(await titles(organizationId, reader(ada.id))).toEqual(["web", "everyone"]);
      expect(await titles(organizationId, reader(bob.id))).toEqual(["bob", "web", "everyone"]);
      expect(await titles(organizationId, { ...reader(bob.id), plugins: [] })).toEqual([]);
      expect(await titles(organizationId, everything(ada.id))).toEqual([
        ...["hidden", "secret", "web", "everyone"],
      ]);
      expect(await titles((await newInstallation(database)).organizationId, everything(ada.id))).toEqual([]);
    });

    it("are read by each for themselves, and only by those who see them", async () => {
      const { database } = subject();
      const installation = await newInstallation(database);
      const { organizationId } = installation;
      const [ada, bob] = [await newUser(database), await newUser(database)];
      for (const title of ["1", "2", "3"]) await add(installation, title);
      await add(installation, "web", { project: "web" });
      await add(installation, "seen", { userId: ada.id, read: true });
      const [of, ofBob] = [everything(ada.id), { ...everything(bob.id), projects: [] }];
      expect(await store().countUnread(organizationId, of)).toBe(4);
      const { items } = await store().list(organizationId, of, { unread: false, limit: 9 });
      const idOf = (title: string) => items.find((one) => one.title === title)?.id ?? "";
      await store().markRead(organizationId, of, { ids: [idOf("2"), idOf("2"), "999999"] });
      await store().markRead(organizationId, of, { ids: [] });
      expect(await titles(organizationId, of, true)).toEqual(["web", "3", "1"]);
      await store().markRead(organizationId, ofBob, { until: idOf("web") });
      expect(await titles(organizationId, ofBob, true)).toEqual([]);
      expect(await titles(organizationId, everything(bob.id), true)).toEqual(["web"]);
      expect(await store().countUnread(organizationId, of)).toBe(3);
      expect(await refusal(store().markRead(organizationId, of, { until: "x" }))).toBe("invalid_request");
    });

    it("go with their installation or project, when they are old, and when there are too many", async () => {
      const { database } = subject();
      const installation = await newInstallation(database);
      const { organizationId, id } = installation;
      const { id: userId } = await newUser(database);
      await add(installation, "web", { project: "web" });
      for (const title of ["1", "2", "3"]) await add(installation, title);
      expect(await store().count(id)).toBe(4);
      await store().removeProject(organizationId, "web");
      await store().trim(2, new Date(0));
      expect(await titles(organizationId, everything(userId))).toEqual(["3", "2"]);
      await store().trim(9, new Date(Date.now() + 60_000));
      expect(await store().count(id)).toBe(0);
      await add(installation, "4");
      await database.installations.remove(id, 1);
      expect(await titles(organizationId, everything(userId))).toEqual([]);
      expect(await refusal(add(installation, "late"))).toBe("plugin_not_installed");
    });
  });
};
