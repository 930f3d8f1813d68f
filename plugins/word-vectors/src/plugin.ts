import { definePlugin, type ModelInfo } from "@patchbay/sdk";
import { embed } from "./embed.ts";

const MODELS: readonly ModelInfo[] = [
  { name: "english-100d", title: "English word vectors, 100 dimensions", kind: "embeddings" },
];

export default definePlugin({
  models: {
    "word-vectors": {
      title: "English word vectors",
      description:
        "Embeddings without a key and without a network. English only, and no language model: a text is the mean of its words, whatever their order.",
      list: () => MODELS,
      embed: (request) => embed(request),
    },
  },
});
