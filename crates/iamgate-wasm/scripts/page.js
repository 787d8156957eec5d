// Builds the page, and the one file that contains all of it: node scripts/page.js
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { build } from "vite";

const root = new URL("../page/", import.meta.url).pathname;

/** The policy of the single file, which contains its scripts and styles: it names them by their hashes, and allows no connection at all. */
function sealed(html) {
  const inside = html.replace(/\s*<script src="[^"]*theme\.js"><\/script>/, "");
  const hashes = (tag) => [...inside.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))].map(([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
  const policy = `default-src 'none'; script-src ${hashes("script")} 'wasm-unsafe-eval'; style-src ${hashes("style")}; worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'`;
  return inside.replace(/(http-equiv="Content-Security-Policy" content=")[^"]*"/, (_, start) => `${start}${policy}"`);
}

// The page shows which module it has, so that two pages can be told apart.
const module_ = await readFile(new URL("../npm/dist/iamgate.wasm", import.meta.url));
process.env.VITE_MODULE = createHash("sha256").update(module_).digest("hex").slice(0, 12);
for (const mode of ["single", "production"]) await build({ root, mode, logLevel: "error" });
const html = sealed(await readFile(`${root}dist-single/index.html`, "utf8"));
await writeFile(`${root}dist/iamgate.html`, html);
console.log(`page: crates/iamgate-wasm/page/dist; iamgate.html in it carries everything in ${html.length} bytes`);
