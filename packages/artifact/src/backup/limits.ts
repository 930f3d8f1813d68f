const MiB = 1024 * 1024;

/** Rows are held in memory by pieces of this size. */
export const MAX_PIECE_BYTES = 8 * MiB;
/** `backup.json`: a few dozen tables with their columns. */
export const MAX_BACKUP_MANIFEST_BYTES = MiB;
/** One artifact, which is held in memory: above the largest package and the largest script. */
export const MAX_BACKUP_ARTIFACT_BYTES = 64 * MiB;
