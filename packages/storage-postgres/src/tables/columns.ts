import type { ColumnType } from "kysely";

/** A column of type json: written as text, since `pg` would make a PostgreSQL array of an array. */
export type Json<T> = ColumnType<T, string, string>;
export type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>;
export type CreatedAt = ColumnType<Date, never, never>;
/** A bigint that the database counts up; `pg` reads it as text. */
export type Counter = ColumnType<string, never, never>;
