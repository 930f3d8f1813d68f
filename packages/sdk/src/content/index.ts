/** For what runs plugins, the sandbox and the test harness: prompts and resources. Plugins have no use for it. */
export { askPrompt, askResource } from "./answers.ts";
