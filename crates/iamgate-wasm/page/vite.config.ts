import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

// `--mode single` builds one file that carries everything; see scripts/page.js.
export default defineConfig(({ mode }) => {
  const single = mode === "single";
  return {
    base: "./",
    publicDir: single ? false : "public",
    resolve: { alias: single ? [{ find: "./start", replacement: "./start-single" }] : [] },
    plugins: single ? [viteSingleFile({ removeViteModuleLoader: true })] : [],
    build: {
      target: "es2022",
      outDir: single ? "dist-single" : "dist",
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: single ? 100_000_000 : 0,
      chunkSizeWarningLimit: 5000,
    },
    worker: { format: "es" as const },
    preview: { host: "127.0.0.1", port: 4173, strictPort: true },
  };
});
