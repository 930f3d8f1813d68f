export { LocalArtifactStore } from "./local-artifact-store.ts";
