import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Who signs in elsewhere as whom. Compared bytewise, as OpenID Connect has it: `A` and `a` are two subjects. */
const IDENTITIES = `
  create table identities (
    issuer text collate "C" not null,
    subject text collate "C" not null,
    user_id text not null references users on delete cascade,
    created_at timestamptz(3) not null default now(),
    primary key (issuer, subject)
  );
  create index identities_by_user on identities (user_id);
`;

export const identities: Migration = { up: (db) => execute(db, IDENTITIES) };
