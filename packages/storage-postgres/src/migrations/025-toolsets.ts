import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Tools that organizations have chosen for clients, whom nodes tell when they change. */
export const toolsets: Migration = {
  up: (db) =>
    execute(
      db,
      `
      create table toolsets (
        organization_id text not null references organizations on delete cascade,
        name text collate "C" not null,
        title text,
        description text,
        mode text not null,
        tools json not null,
        primary key (organization_id, name)
      );
      create function patchbay_toolset_changed() returns trigger language plpgsql as $body$
      declare changed record;
      begin
        if tg_op = 'DELETE' then changed := old; else changed := new; end if;
        perform pg_notify('patchbay_changes', json_build_object(
          'kind', 'toolset', 'id', changed.name, 'organization', changed.organization_id)::text);
        return null;
      end
      $body$;
      create trigger toolset_changed after insert or update or delete on toolsets
        for each row execute function patchbay_toolset_changed();
      `,
    ),
};
