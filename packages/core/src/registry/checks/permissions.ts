import { type Manifest, PERMISSIONS, type PermissionName } from "@patchbay/protocol";
import { type PackageCheck, type Remark, review, warning } from "./check.ts";

/** How code looks that uses a permission, also when its names were shortened. */
const USES: Readonly<Partial<Record<PermissionName, RegExp>>> = {
  "net.fetch": /(?<![.\w$])fetch\s*\(|\bglobalThis\s*\.\s*fetch\b/,
  "storage.scoped": /\.storage\s*\.\s*(?:get|set|delete|list|files|readFile|writeFile)\b/,
  "storage.conversations": /\.storage\s*\.\s*conversations\b/,
  "memory.read": /\.memory\s*\.\s*(?:read|search|list|namespaces|entries)\b/,
  "memory.write": /\.memory\s*\.\s*(?:create|update|delete|consolidate)\b/,
  "memory.extract": /\.memory\s*\.\s*extract\b/,
  "data.read": /\.data\s*\.\s*(?:streams|query)\b/,
  "data.write": /\.data\s*\.\s*upsert\b/,
  "chat.inference": /\.chat\s*\.\s*(?:sendMessage|streamMessage|cancelStream)\b/,
  "chat.models": /\.chat\s*\.\s*(?:listModels|getActiveModel)\b/,
  "tools.invoke": /\.tools\s*\.\s*(?:invoke|list)\b/,
  "workflows.run": /\.workflows\s*\.\s*run\b/,
  "metrics.read": /\.metrics\s*\.\s*\w/,
  "ui.notifications": /\.ui\s*\.\s*showNotification\b|\bshowNotification\s*\(/,
};

/** What the code uses against what people will be asked to grant. A guess from the text, so a person looks at it. */
export const permissions: PackageCheck = {
  name: "permissions",
  run: ({ packageFile: { manifest }, script, uiBundle }) => {
    const declared = declaredBy(manifest);
    const code = `${script ?? ""}\n${uiBundle ?? ""}`;
    const remarks: Remark[] = [];
    for (const [name, form] of Object.entries(USES) as [PermissionName, RegExp][]) {
      const isUsed = form.test(code);
      if (isUsed && !declared.has(name))
        remarks.push(
          review(
            `The code seems to use ${name} (${PERMISSIONS[name].title.toLowerCase()}), which plugin.json does not ask for.`,
          ),
        );
      if (!isUsed && declared.has(name))
        remarks.push(
          warning(`plugin.json asks for ${name}, which the code does not seem to use.`, {
            file: "plugin.json",
          }),
        );
    }
    return remarks;
  },
};

const declaredBy = ({ permissions }: Manifest): ReadonlySet<string> =>
  new Set(
    [...(permissions?.required ?? []), ...(permissions?.optional ?? [])].map((one) =>
      typeof one === "string" ? one : one.name,
    ),
  );
