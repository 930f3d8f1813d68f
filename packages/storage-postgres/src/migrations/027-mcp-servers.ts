import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Servers of the Model Context Protocol that are plugins. Nodes list nothing of those that do not answer, and hear of it as of a change of the plugin. */
export const mcpServers: Migration = {
  up: (db) =>
    execute(
      db,
      `
      create table mcp_servers (
        installation_id text primary key references installations on delete cascade,
        url text not null,
        header json not null,
        digest text,
        checked_at timestamptz,
        outage json
      );
      create function patchbay_mcp_server_changed() returns trigger language plpgsql as $body$
      begin
        perform pg_notify('patchbay_changes', json_build_object(
          'kind', 'installation', 'id', i.id, 'organization', i.organization_id, 'plugin', i.plugin_id,
          'aspects', '{}'::text[])::text)
          from installations i where i.id = new.installation_id;
        return null;
      end
      $body$;
      create trigger mcp_server_changed after update on mcp_servers for each row
        when ((old.outage is null) <> (new.outage is null)) execute function patchbay_mcp_server_changed();
      `,
    ),
};
