/** The page of an organization's policy. */
export const policy = {
  text: "Who may install plugins here, which ones, and how much they may be allowed.",
  readOnly: "Owners and administrators of the organization can change this.",
  save: "Save the policy",
  saved: "The policy is in force.",
  notSaved: "The policy was not changed",
  audience: { administrators: "Administrators", everyone: "Everyone but viewers", nobody: "Nobody" },
  people: {
    legend: "People",
    install: "Who may install plugins",
    installHelp: "Managers may install for their own projects, unless it is nobody.",
    debug: "Who may debug plugins",
    debugHelp: "A debugging key lets code from elsewhere act as the plugin.",
  },
  origin: {
    legend: "Origin",
    sources: "Allowed sources",
    badges: "Allowed badges",
    builtin: "Built-in plugins are always allowed, unless they are forbidden below.",
  },
  source: {
    marketplace: "Marketplaces",
    github: "GitHub",
    upload: "Zip files",
    directory: "Directories of the server",
    bundle: "Bundles",
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
  violations: {
    title_one: "{{count}} plugin is not as the policy wants it",
    title_other: "{{count}} plugins are not as the policy wants them",
    text: "The policy switches nothing off by itself.",
  },
} as const;
