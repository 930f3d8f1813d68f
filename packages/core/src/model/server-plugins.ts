/** Whose the plugins are that servers of the Model Context Protocol are: Patchbay makes them, and nobody else brings one of this name. */
export const SERVER_PUBLISHER = "mcp";
