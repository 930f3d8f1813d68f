import { defineConfig } from "vite";

const SERVER = "http://127.0.0.1:4700";

export default defineConfig({
  // The server says at which path the console is.
  base: "./",
  build: {
    outDir: "dist",
    // Everything is served from the console's own origin under its policy: no inlined data, no polyfill script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // Few large files compress better than many small ones, and arrive sooner.
      output: {
        chunkFileNames: ({ name }) => `assets/${name.split("~")[0]}-[hash].js`,
        codeSplitting: {
          groups: [
            { name: "initial", tags: ["$initial"], priority: 2 },
            {
              name: "shared",
              minShareCount: 3,
              minSize: 20_000,
              // Without a threshold for merging: that brings to the first page what only others need.
              entriesAware: true,
            },
          ],
        },
      },
      // Marks of server components, which nothing here renders.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: {
    port: 4701,
    strictPort: true,
    proxy: Object.fromEntries(
      ["/api", "/frame", "/vendor", "/plugins", "/docs", "/openapi.json"].map((path) => [path, SERVER]),
    ),
  },
});
