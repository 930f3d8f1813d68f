/** For what runs plugins, the sandbox and the test harness: prompts, resources, and content that tools answer with. Plugins have no use for it. */
export { askPrompt, askResource, toolContent } from "./answers.ts";
