import { MAX_MEMORY_NAME_LENGTH, PatchbayError } from "@patchbay/protocol";

const NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${MAX_MEMORY_NAME_LENGTH - 1}}$`);

/** A namespace's name in full. */
export const fullName = (pluginId: string, name: string): string => `plugin:${pluginId}:${name}`;

/**
 * The plugin's own part of a namespace's name, which is said by itself or in full. Throws `permission_denied` for any other owner's,
 * a plugin's or the host's, and `invalid_input` for what is no name.
 */
export const ownName = (pluginId: string, given: string): string => {
  const own = fullName(pluginId, "");
  if (given.includes(":") && !given.startsWith(own))
    throw new PatchbayError(
      "permission_denied",
      `The namespace "${given.slice(0, 128)}" is not one of "${pluginId}": a plugin reaches those alone whose names begin with ${own}`,
      { facts: { reason: "foreign_namespace" } },
    );
  const name = given.startsWith(own) ? given.slice(own.length) : given;
  if (NAME.test(name)) return name;
  throw new PatchbayError(
    "invalid_input",
    `"${name.slice(0, 128)}" is no name for a namespace: it has 1 to ${MAX_MEMORY_NAME_LENGTH} letters, digits, ".", "_" and "-", and begins with a letter or a digit.`,
  );
};
