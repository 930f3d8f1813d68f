export const PLACEHOLDER_PREFIX = "pbs_";
/** How placeholders look, wherever they turn up. */
export const PLACEHOLDER_PATTERN = /pbs_[0-9a-f]{40}/g;

/** Stands for a secret that is set where nothing but that matters; as long as a placeholder. */
export const SOME_SECRET = `${PLACEHOLDER_PREFIX}${"0".repeat(40)}`;
