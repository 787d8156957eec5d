import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const dist = new URL("../npm/dist/", import.meta.url);

/** The content of the single file: the module and the details of the catalogue. */
function carried(): Plugin {
  const id = "\0virtual:carried";
  const of = (name: string) => JSON.stringify(deflateRawSync(readFileSync(new URL(name, dist)), { level: 9 }).toString("base64"));
  return {
    name: "carried",
    enforce: "pre",
    resolveId: (source) => (source === "virtual:carried" ? id : undefined),
    // The worker gets both as values, because there are no files next to it.
    transform: (code, found) => (found.endsWith("/npm/index.js") ? code.replace(/new URL\("\.\/dist\/[a-z.]+", import\.meta\.url\)/g, "undefined") : undefined),
    load: (found) => (found === id ? `export const wasm = ${of("iamgate.wasm")};\nexport const details = ${of("details.txt")};` : undefined),
  };
}

// `--mode single` builds one file that contains everything.
export default defineConfig(({ mode }) => {
  const single = mode === "single";
  return {
    base: "./",
    publicDir: single ? false : "public",
    resolve: { alias: single ? [{ find: "./start", replacement: new URL("./src/start-single.ts", import.meta.url).pathname }] : [] },
    plugins: single ? [carried(), viteSingleFile({ removeViteModuleLoader: true, useRecommendedBuildConfig: true })] : [],
    build: {
      target: "es2022",
      outDir: single ? "dist-single" : "dist",
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: single ? 100_000_000 : 0,
      chunkSizeWarningLimit: 5000,
      reportCompressedSize: false,
    },
    worker: { format: single ? ("iife" as const) : ("es" as const), plugins: () => (single ? [carried()] : []) },
    preview: { host: "127.0.0.1", port: 4173, strictPort: true },
  };
});
