import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** What organizations decide about models. Nodes hold it, so that they are told of every change. */
export const modelRules: Migration = {
  up: (db) =>
    execute(
      db,
      `
      create table model_rules (
        organization_id text primary key references organizations on delete cascade,
        rules json not null
      );
      create function patchbay_model_rules_changed() returns trigger language plpgsql as $body$
      declare changed record;
      begin
        if tg_op = 'DELETE' then changed := old; else changed := new; end if;
        perform pg_notify('patchbay_changes', json_build_object(
          'kind', 'models', 'id', changed.organization_id, 'organization', changed.organization_id)::text);
        return null;
      end
      $body$;
      create trigger model_rules_changed after insert or update or delete on model_rules
        for each row execute function patchbay_model_rules_changed();
      `,
    ),
};
