/** Forms that are made from a JSON Schema. */
export const forms = {
  noChoice: "Not set",
  item: "Item {{number}}",
  addItem: "Add an item",
  removeItem: "Remove item {{number}} from {{list}}",
  json: "JSON",
  notJson: "This is not valid JSON.",
  secretSet: "Set. Nobody can read it.",
  secretHosts: "Sent only to <1>{{hosts}}</1>.",
  secretRemoved: "Removed when you save.",
  replace: "Replace",
  removeSecret: "Remove",
  keepSecret: "Keep the one that is set",
  showSecret: "Show what you type",
} as const;
