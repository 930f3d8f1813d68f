import type { SettingsDto } from "@patchbay/protocol";
import { type FieldPlace, fieldAt } from "../../../components/schema-form/field-at.ts";

type Fault = NonNullable<SettingsDto["faults"]>[number];

/** A stored value that the version in force does not accept, at the field that can mend it. */
export interface StoredFault extends Omit<FieldPlace, "pointer"> {
  readonly pointer: string;
  readonly message: string;
  readonly value: unknown;
  /** Whether it was set on the level that is shown, and can be taken away there. */
  readonly isOwn: boolean;
}

/** One for each field and level, with all that is said of it. */
export const storedFaultsOf = (
  { faults = [] }: Pick<SettingsDto, "faults">,
  schema: unknown,
  project: string | null,
): StoredFault[] => {
  const level = project === null ? "organization" : "project";
  const groups = Map.groupBy(
    faults,
    ({ pointer, origin }: Fault) => `${origin} ${fieldAt(schema, pointer).pointer}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      ...fieldAt(schema, first.pointer),
      message: group.map(({ message }) => message).join(" "),
      value: first.value,
      isOwn: first.origin === level,
    };
  });
};

/** Whether there is a field at which it can be shown: not for groups, and for what the version does not know. */
export const hasField = ({ kind }: StoredFault): boolean => kind !== undefined && kind !== "object";
