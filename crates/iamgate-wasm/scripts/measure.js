// Measures the size and speed of the module and the page: cargo xtask measure
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { load } from "../npm/index.js";
import { root, texts } from "../tests/program.js";
import { serve } from "../tests/serve.js";

const here = join(root, "crates/iamgate-wasm");
const packed = (...parts) => gzipSync(Buffer.concat(parts.map((path) => readFileSync(path))), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
const line = (what, value, target) => console.log(`${what.padEnd(58)} ${value.padStart(10)}   ${target}`);
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

const wasm = packed(join(here, "npm/dist/iamgate.wasm"));
const names = packed(join(root, "crates/iam-catalog/data/actions.txt"));
const managed = readdirSync(join(root, "policies/aws-managed")).filter((name) => name.endsWith(".json")).map((name) => join(root, "policies/aws-managed", name));
const policies = packed(...managed);
const assets = readdirSync(join(here, "page/dist/assets")).map((name) => join(here, "page/dist/assets", name));
const is = (kind) => assets.filter((path) => kind.test(path));
const carried = packed(...is(/_virtual_module/));
const own = packed(join(here, "page/dist/index.html")) + is(/\.(js|css)$/).filter((path) => !/codemirror|_virtual_/.test(path)).reduce((sum, path) => sum + packed(path), 0);

console.log("Sizes, gzip -9");
line("module", kb(wasm), "");
line("  names and levels in it", kb(names), "at most 110 KiB");
line("  AWS managed policies in it", kb(policies), "");
line("  the engine: what is left", kb(wasm - names - policies), "at most 200 KiB");
line("details, loaded after the first answer", kb(packed(...is(/_virtual_details/))), "");
line("page without module and editor", kb(own), "");
line("page with the module, without the editor", kb(own + carried), "at most 350 KiB");
line("editor, loaded after the first answer", kb(packed(...is(/codemirror/))), "");
line("the one file that carries everything", kb(readFileSync(join(here, "page/dist/iamgate.html")).length), "not compressed");

console.log("\nIn headless Chromium, medians of 7");
const server = await serve(join(here, "page/dist"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const ready = (page) => page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 60_000 });
const settled = (page) => page.waitForFunction(() => Number(document.documentElement.dataset.working ?? 0) === 0, null, { timeout: 60_000 });
const took = (page) => page.evaluate(() => Number(document.getElementById("answer").dataset.took));
const firsts = [];
let page;
for (let n = 0; n < 7; n += 1) {
  const context = await browser.newContext();
  page = await context.newPage();
  await page.goto(server.url);
  await ready(page);
  firsts.push(await page.evaluate(() => Number(document.getElementById("answer").dataset.first)));
  if (n < 6) await context.close();
}
line("first answer on the screen after the load began", `${median(firsts)} ms`, "at most 500 ms");
const read = JSON.parse(readFileSync(join(root, "policies/aws-managed/ReadOnlyAccess.json"), "utf8"));
await page.evaluate((text) => {
  const paste = document.getElementById("paste");
  paste.value = text;
  paste.dispatchEvent(new Event("input"));
}, JSON.stringify(read, null, 2));
await settled(page);
await page.locator("#document").selectOption("inline/Pasted.json");
await page.locator("#documents .editor .cm-content").click();
await page.keyboard.press("ControlOrMeta+Home");
const strokes = [];
for (let n = 0; n < 14; n += 1) {
  await page.keyboard.type(" ");
  await settled(page);
  strokes.push(await took(page));
}
line("keystroke in a policy of the size of ReadOnlyAccess", `${median(strokes.slice(7))} ms`, "at most 50 ms");
await browser.close();
await server.close();

console.log("\nIn Node, beside the native program");
const iamgate = await load();
const files = texts("policies/doit/support-gateway", "role");
const previews = [];
for (let n = 0; n < 12; n += 1) {
  const began = performance.now();
  iamgate.askText("preview", '{"snapshot": "role"}', JSON.stringify(files));
  previews.push(performance.now() - began);
}
line("preview of the real role", `${median(previews.slice(5)).toFixed(0)} ms`, "");
const harness = (words) => execFileSync(words[0], words.slice(1), { cwd: root, encoding: "utf8" });
const build = ["cargo", "build", "--quiet", "--profile", "module", "--package", "iam-harness"];
harness([...build]);
harness([...build, "--target", "wasm32-wasip1"]);
const nanoseconds = (said) => Number(/^([0-9]+) ns/.exec(said)[1]);
const native = nanoseconds(harness(["target/module/iam-harness", "speed"]));
const compiled = nanoseconds(harness(["node", "--no-warnings", "crates/iam-harness/wasi.mjs", "target/wasm32-wasip1/module/iam-harness.wasm", "speed"]));
line("a decision, native", `${native} ns`, "");
line("a decision, WebAssembly", `${compiled} ns`, `${(compiled / native).toFixed(1)} times native; at most 3`);
