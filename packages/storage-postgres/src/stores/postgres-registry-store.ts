import type { RegistryStore } from "@patchbay/core";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";
import { PostgresRegistryNotices } from "./postgres-registry-notices.ts";
import { PostgresRegistryPackages } from "./postgres-registry-packages.ts";
import { PostgresRegistryPublishers } from "./postgres-registry-publishers.ts";
import { PostgresRegistrySubmissions } from "./postgres-registry-submissions.ts";

/** The registry's tables. */
export class PostgresRegistryStore implements RegistryStore {
  readonly publishers: RegistryStore["publishers"];
  readonly packages: RegistryStore["packages"];
  readonly submissions: RegistryStore["submissions"];
  readonly notices: RegistryStore["notices"];

  constructor(db: Kysely<Tables>) {
    this.publishers = new PostgresRegistryPublishers(db);
    this.packages = new PostgresRegistryPackages(db);
    this.submissions = new PostgresRegistrySubmissions(db);
    this.notices = new PostgresRegistryNotices(db);
  }
}
