// Takes the pictures of the page for the README: both schemes, both widths. cargo xtask pictures
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { root } from "../tests/program.js";
import { serve } from "../tests/serve.js";

const here = join(root, "crates/iamgate-wasm");
mkdirSync(join(here, "pictures"), { recursive: true });
const server = await serve(join(here, "page/dist"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const [width, height] of [[1280, 900], [360, 760]]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.goto(server.url);
    await page.waitForFunction(() => document.documentElement.dataset.ready === "yes");
    await page.screenshot({ path: join(here, `pictures/access-${width}-${colorScheme}.png`) });
    await page.getByRole("tab", { name: "Could they" }).click();
    await page.locator("#could-action").fill("s3:GetObject");
    await page.locator("#could-resource").fill("arn:aws:s3:::payroll/2026.csv");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.locator("#panel-could .answer").waitFor();
    await page.locator("#tabs").scrollIntoViewIfNeeded();
    await page.evaluate(() => document.getElementById("tabs").scrollIntoView());
    await page.screenshot({ path: join(here, `pictures/could-${width}-${colorScheme}.png`) });
    await page.close();
  }
}
await browser.close();
await server.close();
