import type { MemoryOwner, MemorySpace } from "@patchbay/core";
import { MAX_MEMORY_NAME_LENGTH, PatchbayError } from "@patchbay/protocol";

const NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${MAX_MEMORY_NAME_LENGTH - 1}}$`);

/** A namespace's name in full. */
export const fullName = (pluginId: string, name: string): string => `plugin:${pluginId}:${name}`;

/** What names begin with that are the calling person's. */
const PERSONAL = "me/";

/** Whether the name, by itself or in full, is one of a person's. */
export const isOfPerson = (pluginId: string, given: string): boolean =>
  given.startsWith(PERSONAL) || given.startsWith(fullName(pluginId, PERSONAL));

/**
 * The plugin's own part of a namespace's name, which is said by itself or in full, and whose it is: the calling person's or the plugin's.
 * Throws `permission_denied` for any other owner's, a plugin's or the host's, and `invalid_input` for what is no name, and for a person's
 * where nobody calls.
 */
export const ownName = (
  { pluginId, person }: Pick<MemoryOwner, "pluginId" | "person">,
  given: string,
): Pick<MemorySpace, "name" | "userId"> => {
  const own = fullName(pluginId, "");
  if (given.includes(":") && !given.startsWith(own))
    throw new PatchbayError(
      "permission_denied",
      `The namespace "${given.slice(0, 128)}" is not one of "${pluginId}": a plugin reaches those alone whose names begin with ${own}`,
      { facts: { reason: "foreign_namespace" } },
    );
  const name = given.startsWith(own) ? given.slice(own.length) : given;
  const isPersonal = name.startsWith(PERSONAL);
  if (!NAME.test(isPersonal ? name.slice(PERSONAL.length) : name))
    throw new PatchbayError(
      "invalid_input",
      `"${name.slice(0, 128)}" is no name for a namespace: it has 1 to ${MAX_MEMORY_NAME_LENGTH} letters, digits, ".", "_" and "-", and begins with a letter or a digit; before that "${PERSONAL}" where it is the calling person's.`,
    );
  if (isPersonal && person === null)
    throw new PatchbayError(
      "invalid_input",
      `"${name}" is a namespace of the person who calls, and nobody calls here: it is reached in a view, and in a call that a person makes. Use a namespace of the plugin.`,
    );
  return { name, userId: isPersonal ? person : null };
};
