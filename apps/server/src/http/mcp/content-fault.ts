import { CONTENT_PARTS, ToolContent } from "@patchbay/protocol";
import { Compile, type Validator } from "typebox/compile";

const forms: ReadonlyMap<unknown, Validator> = new Map(
  Object.entries(CONTENT_PARTS).map(([type, schema]) => [type, Compile(schema)]),
);
const whole = Compile(ToolContent);

/** What is wrong with an answer that says that it is content, going on after "its answer", such as "has no list of parts"; null when nothing is. */
export const contentFault = (value: unknown): string | null => {
  if (whole.Check(value)) return null;
  const parts = (value as { readonly content?: unknown } | null)?.content;
  if (!Array.isArray(parts)) return 'is no object with a list "content"';
  for (const [place, part] of parts.entries()) {
    const form = forms.get((part as { readonly type?: unknown } | null)?.type);
    if (form === undefined)
      return `has a part ${place} that is neither text, image, audio, resource nor resource_link`;
    if (form.Check(part)) continue;
    const [error] = form.Errors(part);
    return `has a part ${place} that is not as it says: ${error?.instancePath ?? ""} ${error?.message ?? ""}`;
  }
  return "has other fields than content and structuredContent, or more than 1000 parts";
};
