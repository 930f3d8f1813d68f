/** The settings page about where plugins come from. */
export const sources = {
  text: "Where plugins come from, besides files: the marketplaces of this deployment, and GitHub.",
  marketplaces: {
    title: "Marketplaces",
    help: "They are asked in this order: a plugin of an earlier one hides one of a later one with the same id. Whoever runs this deployment sets them.",
    none: "This deployment has no marketplace. Whoever runs it can name some in PATCHBAY_MARKETPLACE_URL.",
    ok: "Answers",
    unavailable: "Does not answer",
  },
  github: {
    title: "GitHub",
    help: "A token reaches private repositories, for installing and for finding newer versions. It is encrypted, and never shown again.",
    has: "A token is kept.",
    hasNot: "No token is kept: public repositories can be reached.",
    label: "Token",
    save: "Keep the token",
    replace: "Replace the token",
    remove: "Remove the token",
    removeText: "Private repositories cannot be reached any more. What is installed from them keeps running.",
    saved: "The token for GitHub is kept.",
    removed: "The token for GitHub is removed.",
    notSaved: "The token was not kept",
    readOnly: "Owners and administrators of the organization can change this.",
  },
} as const;
