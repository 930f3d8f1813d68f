/** The page of an organization's policy. */
export const policy = {
  text: "Who may install plugins here, which ones, and how much they may be allowed.",
  readOnly: "Owners and administrators of the organization can change this.",
  save: "Save the policy",
  saved: "The policy is in force.",
  notSaved: "The policy was not changed",
  audience: {
    administrators: "Administrators",
    managers: "Administrators, and managers for their own projects",
    everyone: "Everyone but viewers",
    nobody: "Nobody",
  },
  people: {
    legend: "People",
    install: "Who may install plugins",
    installHelp: "Managers may install for their own projects, unless it is nobody.",
    debug: "Who may debug plugins",
    debugHelp: "They read the logs of plugins, and see the processes in which they run.",
    conversations: "Who may read conversations of others",
    conversationsHelp:
      "What plugins keep of what people and models said. Each reading is written into the audit log.",
  },
  origin: {
    legend: "Origin",
    sources: "Allowed sources",
    badges: "Allowed badges",
    builtin: "Built-in plugins are always allowed, unless they are forbidden below.",
    signatures: "Signatures",
    signaturesHelp: "Whether a package must be signed by a key of its publisher that is known here.",
    signature: { optional: "Not needed", required: "Required to install, enable and update" },
  },
  source: {
    marketplace: "Marketplaces",
    github: "GitHub",
    upload: "Zip files",
    directory: "Directories of the server",
    bundle: "Bundles",
    bridge: "MCP servers",
  },
  plugins: {
    legend: "Plugins",
    only: "Only plugins of a list may be installed",
    allowed: "Allowed plugins",
    required: "Required plugins",
    requiredHelp: "They may be neither disabled nor uninstalled.",
    forbidden: "Forbidden plugins",
    patterns: "Ids such as acme.weather, or acme.* for all of a publisher.",
  },
  grants: {
    legend: "Permissions",
    only: "Limit what may be granted without an administrator",
    onlyHelp: "For members and managers who install. What was granted before stays.",
    allowed: "Permissions that they may grant",
  },
  calls: {
    legend: "Log of calls",
    days: "Days for which calls into plugins are kept",
    daysHelp:
      "Who called what, when, and how it ended; at most 400 days. With 0 none are kept, and those that are there go.",
    only: "Only calls into plugins of a list are kept",
    kept: "Plugins whose calls are kept",
    allContent: "Keep input and output of all of them",
    contentHelp:
      "Without files, and without what a tool's schema marks as a secret. Whoever reads what others have called is named in the audit log.",
    content: "Plugins of which input and output are kept as well",
  },
  violations: {
    title_one: "{{count}} plugin is not as the policy wants it",
    title_other: "{{count}} plugins are not as the policy wants them",
    text: "The policy switches nothing off by itself.",
  },
} as const;
