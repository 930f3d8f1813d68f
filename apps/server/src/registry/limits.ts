const MiB = 1024 * 1024;

/** Documents of the registry that are held in memory, as bytes that are sent. */
export const DOCUMENTS_BYTES = 64 * MiB;
/** Answers to searches. */
export const SEARCHES_BYTES = 16 * MiB;
/** Artifacts that are held in memory, and the largest of them: most plugins are far smaller. */
export const ARTIFACTS_BYTES = 64 * MiB;
export const MAX_HELD_ARTIFACT_BYTES = 2 * MiB;
/** What a document says of installs is as old as this at most; everything else is told at once. */
export const DOCUMENT_AGE_MS = 60_000;
/** How long a domain's name server or web server has to answer, and the longest text that it may have. */
export const DOMAIN_DEADLINE_MS = 10_000;
export const MAX_PROOF_BYTES = 64 * 1024;
