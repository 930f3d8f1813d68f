import type { BackupManifestDto } from "@patchbay/protocol";
import type pg from "pg";

type Form = Pick<BackupManifestDto, "tables" | "counters">;

/** Rows are written and read the same way whatever the server's own settings are. */
export const PLAIN_FORM = `
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'postgres';
  set local timezone = 'UTC';
  set local bytea_output = 'hex';
  set local extra_float_digits = 1;
  set local client_encoding = 'UTF8';
`;

/** The columns of the tables that can be written, in their order, and the counters. Tables that there are not are left out. */
export const readForm = async (client: pg.ClientBase, names: readonly string[]): Promise<Form> => {
  const { rows } = await client.query<{ table: string; column: string; counted: boolean }>(
    `select table_name as table, column_name as column, is_identity = 'YES' as counted
     from information_schema.columns
     where table_schema = current_schema() and table_name = any($1::text[]) and is_generated = 'NEVER'
     order by table_name, ordinal_position`,
    [names],
  );
  const columns = Map.groupBy(rows, ({ table }) => table);
  const counters: Form["counters"] = [];
  for (const { table, column } of rows.filter(({ counted }) => counted)) {
    const found = await client.query<{ value: string | null }>(
      "select pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)::text as value",
      [table, column],
    );
    const value = found.rows[0]?.value ?? null;
    if (value !== null) counters.push({ table, column, value });
  }
  return {
    tables: names.flatMap((name) => {
      const own = columns.get(name)?.map(({ column }) => column);
      return own === undefined ? [] : [{ name, columns: own }];
    }),
    counters,
  };
};

/** A table with its columns as COPY names them. */
export const copied = ({ name, columns }: Form["tables"][number]): string =>
  `${quoted(name)} (${columns.map(quoted).join(", ")})`;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
