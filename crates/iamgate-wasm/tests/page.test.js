// The page in a real browser, as a person would use it: two widths, both colour schemes.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { HOSTILE } from "./hostile.js";
import { root, run, texts } from "./program.js";
import { serve } from "./serve.js";
import { compared } from "./vectors.js";

const here = join(root, "crates/iamgate-wasm");
const dist = join(here, "page/dist");
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
const shots = process.env.SCREENSHOTS;

let browser;
let server;
before(async () => {
  server = await serve(dist);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** A page that is ready. `errors` collects everything that a person would call broken. */
async function opened(options = {}, address = server.url, first = undefined) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", reducedMotion: "reduce", ...options });
  if (first) await context.addInitScript(first);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 60_000 });
  return { page, errors, close: () => context.close() };
}

const settled = (page) => page.waitForFunction(() => Number(document.documentElement.dataset.working ?? 0) === 0, null, { timeout: 60_000 });
const sentence = (page) => page.locator("#sentence").innerText();
const tab = (page, name) => page.getByRole("tab", { name }).click();

/** The findings of axe. */
async function accessible(page, where) {
  // The test evaluates it, because the page's own policy forbids it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`), [], where);
}

async function fits(page, where) {
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= screen, `${where}: ${wide} of ${screen} pixels`);
}

/** Replaces the text of the document that is shown. */
async function write(page, text) {
  const area = page.locator("#documents .editor .cm-content");
  await area.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
  await settled(page);
}

const policy = (action, resource = "*") => JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "Mine", Effect: "Allow", Action: action, Resource: resource }] }, null, 2);

for (const width of [1280, 360]) {
  for (const colorScheme of ["light", "dark"]) {
    describe(`${width} pixels, ${colorScheme}`, () => {
      let page;
      let errors;
      let close;
      let asked;
      before(async () => {
        ({ page, errors, close } = await opened({ viewport: { width, height: 800 }, colorScheme }));
        asked = server.asked.length;
      });
      after(async () => {
        assert.deepEqual(errors, []);
        assert.equal(server.asked.length, asked, `asked after the page was ready: ${server.asked.slice(asked)}`);
        assert.match(await page.locator("#requests").innerText(), /^0 network requests/);
        await close();
      });
      const shot = async (name) => {
        if (!shots) return;
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
      };

      test("an example is evaluated already", async () => {
        assert.match(await sentence(page), /DoiT can list or read 4,\d{3} actions in \d+ services/);
        assert.equal(await page.locator("#numbers li").count(), 3);
        assert.ok((await page.locator(".matrix tbody tr").count()) > 200);
        await fits(page, "access");
        await accessible(page, "access");
        await shot("access");
      });

      test("a cell opens what is behind it, and leads to the text", async () => {
        await page.locator("#filter").fill("s3");
        await page.getByRole("button", { name: /^s3, Read: / }).click();
        const dialog = page.locator("#dialog");
        await dialog.getByText("Allowed by the role").waitFor();
        assert.ok((await dialog.locator(".actions li").count()) > 5);
        assert.match(await dialog.locator(".statements").last().innerText(), /on everything/);
        await accessible(page, "cell");
        await shot("cell");
        await dialog.locator(".statements .statement").first().click();
        assert.equal(await dialog.evaluate((own) => own.open), false);
        const line = await page.locator("#documents .editor .cm-activeLine").innerText();
        assert.match(line, /\{/);
        await page.locator("#filter").fill("");
      });

      test("could they: an answer with its reasons, and a message of AWS explained", async () => {
        await tab(page, "Could they");
        await page.locator("#could-action").fill("s3:GetObject");
        await page.locator("#could-resource").fill("arn:aws:s3:::payroll/2026.csv");
        await page.locator("#could-resource").press("Control+Enter");
        await page.locator("#panel-could .answer .verdict").first().waitFor();
        assert.match(await page.locator("#panel-could .answer .sentence").innerText(), /^No, denied/);
        await page.locator("#could-message").fill("User: arn:aws:sts::123456789012:assumed-role/DoiT-Support-Gateway/ana is not authorized to perform: ec2:StopInstances because no session policy allows the ec2:StopInstances action");
        await page.getByRole("button", { name: "Explain the message" }).click();
        await page.getByText("no session policy allows ec2:StopInstances").first().waitFor();
        await page.getByText("These documents agree").waitFor();
        await fits(page, "could");
        await accessible(page, "could");
        await shot("could");
      });

      test("trust: who could get in", async () => {
        await tab(page, "Trust");
        await page.getByText("DoiT gets in").waitFor();
        assert.ok((await page.locator("#panel-trust tbody tr").count()) > 10);
        await fits(page, "trust");
        await accessible(page, "trust");
        await shot("trust");
      });

      test("stop this: a statement, proven, with before and after", async () => {
        await tab(page, "Stop this");
        await page.locator("#stop-resource").fill("arn:aws:s3:::doit-example");
        await page.getByRole("button", { name: "Write the statement" }).click();
        await page.getByText("nobody with the tag gets anything").waitFor();
        await page.getByRole("region", { name: "Before and after" }).waitFor();
        assert.match(await page.locator("#panel-stop pre").first().innerText(), /aws:PrincipalTag\/DoitEnvironment/);
        assert.equal(await page.locator("#panel-stop table .verdict").count(), 2);
        await fits(page, "stop");
        await accessible(page, "stop");
        await shot("stop");
      });

      test("the session: profile and tags", async () => {
        await tab(page, "Access");
        await page.locator("#profile").selectOption("narrow");
        await settled(page);
        assert.match(await sentence(page), /profile narrow/);
        const before = await page.locator("#numbers strong").first().innerText();
        await page.getByLabel("What is known of the tag").selectOption("value");
        await page.getByLabel("Tag value").fill("999999999999");
        await settled(page);
        assert.notEqual(await page.locator("#numbers strong").first().innerText(), before);
        await page.getByLabel("What is known of the tag").selectOption("absent");
        await settled(page);
        await page.getByLabel("What is known of the tag").selectOption("unknown");
        await page.locator("#profile").selectOption("standard");
        await settled(page);
      });

      test("documents: paste, mistakes as marks, the keyboard through them, and compare", async () => {
        await page.locator("#paste").fill(policy(["ec2:DescribeInstances", "ec2:StopInstances"]));
        await settled(page);
        assert.match(await sentence(page), /in 1 service/);
        await tab(page, "Compare");
        await page.locator("#keep").click();
        await page.getByText("Nothing has changed since the role as kept.").waitFor();
        await write(page, policy(["s3:ListBucket", "ec2:DescribeInstances"]));
        await page.getByText(/Since the role as kept: \d+ became possible/).waitFor();
        await fits(page, "compare");
        await accessible(page, "compare");
        await shot("compare");
        await write(page, '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Effect": "Deny"}]}');
        await page.getByText("There is no answer yet").waitFor();
        assert.ok((await page.locator("#trouble code").first().innerText()).length > 3);
        await accessible(page, "refusal");
        await shot("refusal");
        await page.keyboard.press("F8");
        const first = await page.locator(".found").innerText();
        assert.match(first, /^[A-Z_]+: /);
        await page.keyboard.press("Shift+F8");
        await page.locator("#trouble .statement").first().click();
        await page.keyboard.press("Escape");
        await page.keyboard.press("/");
        assert.equal(await page.evaluate(() => document.activeElement.id), "filter");
        await page.getByRole("button", { name: "DoiT's role" }).click();
        await settled(page);
        assert.equal(await page.locator("#trouble").innerText(), "");
      });

      test("the profile can be edited", async () => {
        const before = await sentence(page);
        await page.getByRole("button", { name: "Edit" }).click();
        const text = readFileSync(join(root, "policies/doit/profiles/narrow.json"), "utf8").replace('"narrow"', '"standard"');
        await write(page, text);
        assert.match(await sentence(page), /session profile standard, DoiT can list or read \d/);
        assert.notEqual(await sentence(page), before);
        await page.locator("#profile").selectOption("narrow");
        await page.locator("#profile").selectOption("standard");
        await settled(page);
      });

      test("tabs by arrows; the JSON is the program's", async () => {
        await page.getByRole("tab", { name: "Access" }).focus();
        await page.keyboard.press("End");
        assert.equal(await page.getByRole("tab", { name: "JSON" }).getAttribute("aria-selected"), "true");
        const files = texts("policies/doit/support-gateway", "role");
        assert.equal(await page.locator("#panel-json pre").textContent(), run(["preview", "role", "--format", "json"], files));
        await accessible(page, "json");
      });

      test("a report to print", async () => {
        await page.evaluate(() => (window.print = () => {}));
        await page.getByRole("button", { name: "Print a report" }).click();
        await page.waitForFunction(() => document.documentElement.dataset.report === "ready");
        const report = await page.locator("#report").textContent();
        assert.match(report, /[0-9a-f]{64}/);
        assert.match(report, /iamgate \d+\.\d+\.\d+, catalogue of \d{4}-\d{2}-\d{2}/);
        const pdf = await page.pdf();
        assert.ok(pdf.length > 20_000);
      });
    });
  }
}

test("an account of 20 MB, with progress, and the page stays quick", async () => {
  const { page, errors, close } = await opened();
  const roles = Array.from({ length: 9000 }, (_, n) => ({ RoleName: n === 4711 ? "DoiT-Support-Gateway" : `Role${n}`, Arn: `arn:aws:iam::111122223333:role/${n === 4711 ? "DoiT-Support-Gateway" : `Role${n}`}`, Path: "/", RolePolicyList: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:List*", "ec2:Describe*"], Resource: `arn:aws:s3:::${"x".repeat(60)}${n}` }] } }] }));
  const text = JSON.stringify({ RoleDetailList: roles, Policies: [] }, null, 9);
  assert.ok(text.length > 9_000_000);
  const padded = text.padEnd(20_000_000, " ");
  await page.evaluate(() => {
    globalThis.frames_ = 0;
    globalThis.seen_ = new Set();
    const tick = () => ((globalThis.frames_ += 1), document.querySelector("#progress progress") && globalThis.seen_.add(document.querySelector("#progress").textContent.replace(/[0-9.]+/g, "N")), requestAnimationFrame(tick));
    requestAnimationFrame(tick);
  });
  await page.locator('input[type="file"]').first().setInputFiles({ name: "account.json", mimeType: "application/json", buffer: Buffer.from(padded) });
  await page.locator("#role-choice").waitFor({ timeout: 60_000 });
  await settled(page);
  assert.equal(await page.locator("#role-choice").inputValue(), "DoiT-Support-Gateway");
  assert.match(await sentence(page), /role DoiT-Support-Gateway/);
  const [frames, seen] = await page.evaluate(() => [globalThis.frames_, [...globalThis.seen_]]);
  assert.ok(frames > 5 && seen.length > 0, `${frames} frames, ${seen}`);
  await page.locator("#role-choice").selectOption("Role17");
  await settled(page);
  assert.match(await sentence(page), /role Role17/);
  assert.deepEqual(errors, []);
  await close();
});

test("a link carries what is seen, with other account ids unless asked", async () => {
  const { page, close } = await opened();
  await page.locator("#paste").fill(policy("s3:ListBucket", "arn:aws:s3:::b-987654321098"));
  await settled(page);
  await page.getByRole("button", { name: "Share a link" }).click();
  const url = async () => (await page.locator("#dialog pre").innerText()).trim();
  const masked = await url();
  await page.getByLabel("Replace account ids by others").uncheck();
  await page.waitForFunction((was) => document.querySelector("#dialog pre").innerText.trim() !== was, masked);
  const plain = await url();
  await accessible(page, "share");
  await close();
  for (const [link, has] of [[masked, false], [plain, true]]) {
    const { page: other, errors, close: end } = await opened({}, link);
    await other.locator("#document").selectOption("inline/Pasted.json");
    const text = await other.locator("#documents .editor .cm-content").innerText();
    assert.equal(text.includes("987654321098"), has);
    assert.match(await sentence(other), /in 1 service/);
    assert.deepEqual(errors, []);
    await end();
  }
  for (const bad of ["#v1=", "#v1=!!!", "#v1=AAAA", `#v1=${Buffer.from("[]").toString("base64")}`]) {
    const { page: other, errors, close: end } = await opened({}, server.url + bad);
    assert.match(await sentence(other), /DoiT can list/);
    assert.deepEqual(errors, []);
    await end();
  }
});

test("one file carries all of it, and asks nothing of anybody", async () => {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => /^(data|blob):/.test(request.url()) || asked.push(request.url()));
  await page.goto(`file://${dist}/iamgate.html`);
  await page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 60_000 });
  assert.match(await sentence(page), /DoiT can list or read/);
  await tab(page, "Stop this");
  await page.getByRole("button", { name: "Write the statement" }).click();
  await page.getByText("nobody with the tag gets anything").waitFor();
  assert.deepEqual(asked, [`file://${dist}/iamgate.html`]);
  await context.close();
});

test("320 pixels, and text twice as large", async () => {
  const { page, close } = await opened({ viewport: { width: 320, height: 700 } });
  for (const name of ["Access", "Could they", "Trust", "Stop this", "Compare", "JSON"]) {
    await tab(page, name);
    await settled(page);
    await fits(page, `${name} at 320`);
  }
  await page.setViewportSize({ width: 640, height: 700 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "30px"));
  await fits(page, "large text");
  await close();
});

test("the scheme can be chosen, and stays", async () => {
  const { page, close } = await opened();
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.locator("#scheme").click();
  const dark = await background();
  assert.notEqual(light, dark);
  await page.reload();
  assert.equal(await background(), dark);
  await close();
});

test("every vector inside of the page, with the answers and the digest of the program", async () => {
  // The page keeps its worker to itself, so the test takes it when the page starts it.
  const taken = () => {
    const Own = globalThis.Worker;
    globalThis.Worker = class extends Own {
      constructor(...all) {
        super(...all);
        globalThis.engine_ = this;
      }
    };
  };
  const { page, close } = await opened({}, server.url, taken);
  await page.evaluate(() => {
    const waiting = new Map();
    globalThis.engine_.addEventListener("message", ({ data }) => waiting.get(data.id)?.(data.text ?? data.error));
    let id = 1e6;
    const ask = (message) => new Promise((done) => (waiting.set((id += 1), done), globalThis.engine_.postMessage({ id, ...message })));
    globalThis.askAll = (questions) => Promise.all(questions.map(([verb, question, files]) => ask({ kind: "ask", verb, question, files })));
  });
  const { cases, documents, digest, native } = await compared(async (questions) => {
    const answers = [];
    for (let at = 0; at < questions.length; at += 500) answers.push(...(await page.evaluate((some) => globalThis.askAll(some), questions.slice(at, at + 500))));
    return answers;
  });
  assert.equal(digest, native);
  console.log(`${cases} cases and ${documents} documents in Chromium, digest ${digest} as native`);
  await close();
});

test("hostile inputs give messages, never a broken page", async () => {
  assert.ok(HOSTILE.length >= 100);
  const { page, errors, close } = await opened();
  const title = await page.title();
  for (const [n, text] of HOSTILE.entries()) {
    await page.evaluate((text) => {
      const paste = document.getElementById("paste");
      paste.value = text;
      paste.dispatchEvent(new Event("input"));
    }, text);
    await settled(page);
    const [said, trouble] = await page.evaluate(() => [document.getElementById("sentence").textContent, document.getElementById("trouble").textContent]);
    assert.ok(said.length > 10, `input ${n}`);
    if (text !== "undefined") assert.doesNotMatch(trouble, /BUG|undefined|\[object/, `input ${n}: ${text.slice(0, 60)}`);
    assert.equal(await page.title(), title, `input ${n}`);
  }
  assert.equal(await page.evaluate(() => ({}).x ?? Object.keys(Object.prototype).length), 0);
  await page.getByRole("button", { name: "DoiT's role" }).click();
  await settled(page);
  assert.match(await sentence(page), /DoiT can list or read 4,/);
  assert.deepEqual(errors, []);
  await close();
});
