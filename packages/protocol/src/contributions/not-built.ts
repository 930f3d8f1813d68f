/**
 * Kinds that manifests and code may declare already and that nothing is done with, so that a plugin can be written for the next
 * version. One that is built leaves this list for a file of its own.
 */
export const NOT_BUILT_KINDS = ["integrations", "events", "workflowSteps"] as const;
export type NotBuiltKind = (typeof NOT_BUILT_KINDS)[number];
