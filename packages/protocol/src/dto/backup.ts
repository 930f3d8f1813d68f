import Type, { type Static } from "typebox";

const strict = { additionalProperties: false } as const;
/** A name of the database that needs no quotes. */
const Name = Type.String({ pattern: "^[a-z_][a-z0-9_]{0,62}$" });
/** More tables, columns or migrations than Patchbay will ever have. */
const MAX_NAMES = 1_000;

/** `backup.json`, the first file of a backup: what the rows that follow were taken from. */
export const BackupManifestDto = Type.Object(
  {
    backupVersion: Type.Literal(1),
    /** Of the Patchbay that made it. */
    patchbayVersion: Type.String({ maxLength: 100 }),
    createdAt: Type.String({ maxLength: 40 }),
    /** The steps by which the tables came to their form, in their order. */
    migrations: Type.Array(Type.String({ pattern: "^[0-9a-z-]{1,100}$" }), { maxItems: MAX_NAMES }),
    /** What tells the secret keys that sealed something in it; not the keys. */
    secretKeys: Type.Array(Type.String({ pattern: "^[0-9a-f]{16}$" }), { maxItems: MAX_NAMES }),
    /** In the order in which their rows follow: what others refer to comes first. */
    tables: Type.Array(
      Type.Object({ name: Name, columns: Type.Array(Name, { minItems: 1, maxItems: MAX_NAMES }) }, strict),
      { maxItems: MAX_NAMES },
    ),
    /** How far the counters of columns have come. */
    counters: Type.Array(
      Type.Object(
        { table: Name, column: Name, value: Type.String({ pattern: "^[1-9][0-9]{0,17}$" }) },
        strict,
      ),
      { maxItems: MAX_NAMES },
    ),
  },
  strict,
);
export type BackupManifestDto = Static<typeof BackupManifestDto>;
