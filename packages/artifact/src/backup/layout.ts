/** Where things are in a backup. */
export const BACKUP_MANIFEST = "backup.json";
export const BACKUP_END = "end.json";

/** The rows of a table come in pieces, numbered from 1. */
export const piecePath = (table: string, piece: number): string =>
  `tables/${table}/${String(piece).padStart(6, "0")}`;
export const artifactPath = (digest: string): string => `artifacts/${digest}`;
/** An empty file: the store that the backup was made from did not have the artifact, or had it damaged. */
export const missingPath = (digest: string): string => `missing/${digest}`;
