import {
  type GrantablePermission,
  HOST_METHODS,
  type HostMethod,
  type Manifest,
  PERMISSIONS,
} from "@patchbay/protocol";
import { type PackageCheck, type Remark, review, warning } from "./check.ts";

/** How code looks that makes a host call, also when its names were shortened. */
const formOf = (method: string): string => {
  const [domain, member] = method.split(".");
  if (member === undefined) return `(?<![.\\w$])${domain}\\s*\\(|\\bglobalThis\\s*\\.\\s*${domain}\\b`;
  const isTelling = /[A-Z]/.test(member);
  // A name of two words says enough without its domain.
  return `\\.${domain}\\s*\\.\\s*${member}\\b${isTelling ? `|\\b${member}\\s*\\(` : ""}`;
};

/** How code looks that uses a permission. Places in the console are the manifest's, and not in the code. */
const USES: ReadonlyMap<GrantablePermission, RegExp> = new Map(
  Object.entries<HostMethod>(HOST_METHODS)
    .reduce((forms, [method, { permission }]) => {
      if (permission === null) return forms;
      return forms.set(permission, [...(forms.get(permission) ?? []), formOf(method)]);
    }, new Map<GrantablePermission, string[]>())
    .entries()
    .map(([permission, forms]) => [permission, new RegExp(forms.join("|"))]),
);

/** What the code uses against what people will be asked to grant. A guess from the text, so a person looks at it. */
export const permissions: PackageCheck = {
  name: "permissions",
  run: ({ packageFile: { manifest }, script, uiBundle }) => {
    const declared = declaredBy(manifest);
    const code = `${script ?? ""}\n${uiBundle ?? ""}`;
    const remarks: Remark[] = [];
    for (const [name, form] of USES) {
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
