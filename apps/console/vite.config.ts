import { defineConfig } from "vite";

const SERVER = "http://127.0.0.1:4700";

export default defineConfig({
  build: {
    outDir: "dist",
    // Everything is served from the console's own origin under its policy: no inlined data, no polyfill script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
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
