import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const dist = new URL("../npm/dist/", import.meta.url);

/** Module and details as scripts of the page, deflated and in base64. Nothing fetches them, so the policy of the page can forbid each connection. */
function carried(): Plugin {
  const files: Record<string, string> = { "virtual:module": "iamgate.wasm", "virtual:details": "details.txt" };
  const of = (name: string) => JSON.stringify(deflateRawSync(readFileSync(new URL(name, dist)), { level: 9 }).toString("base64"));
  return {
    name: "carried",
    enforce: "pre",
    resolveId: (source) => (source in files ? `\0${source}` : undefined),
    // The worker gets both as values, because no file is next to it.
    transform: (code, found) => (found.endsWith("/npm/index.js") ? code.replace(/new URL\("\.\/dist\/[a-z.]+", import\.meta\.url\)/g, "undefined") : undefined),
    load: (found) => (found.slice(1) in files ? `export default ${of(files[found.slice(1)]!)};` : undefined),
  };
}

// `--mode single` builds one file that contains everything.
export default defineConfig(({ mode }) => {
  const single = mode === "single";
  return {
    base: "./",
    publicDir: single ? false : "public",
    plugins: [carried(), ...(single ? [viteSingleFile({ removeViteModuleLoader: true, useRecommendedBuildConfig: true })] : [])],
    build: {
      target: "es2022",
      outDir: single ? "dist-single" : "dist",
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: single ? 100_000_000 : 0,
      chunkSizeWarningLimit: 5000,
      reportCompressedSize: false,
    },
    worker: { format: "iife" as const, plugins: () => [carried()] },
    preview: { host: "127.0.0.1", port: 4173, strictPort: true },
  };
});
