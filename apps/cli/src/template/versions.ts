/** What new projects ask npm for, exactly: the versions that Patchbay is tried with. */
export const NODE_TYPES = { "@types/node": "24.19.2" };
export const TYPESCRIPT = { typescript: "7.0.2" };
/** The React of the console's frames, for types and tests: a package takes the frame's. */
export const REACT = { "@types/react": "19.3.0", react: "19.3.1", "react-dom": "19.3.1" };
