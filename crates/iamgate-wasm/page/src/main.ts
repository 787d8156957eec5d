// The page: its inputs, and the engine's answers about them.
import type { Answers, Files } from "iamgate";
import { Compare } from "./compare";
import { Question } from "./could";
import { by, fill, h } from "./dom";
import { Documents, type Locked, type Mark } from "./editor";
import { Engine } from "./engine";
import { EXAMPLES, PROFILES } from "./examples";
import { dropped, sorted, texts, type Picked } from "./files";
import { Matrix, summary } from "./matrix";
import { watched, type Network } from "./network";
import { report } from "./report";
import { Restrict } from "./restrict";
import { carried, link, LONG } from "./share";
import { copied, files, ROLE, session, tags, type State } from "./state";
import { Tabs } from "./tabs";
import { Trust } from "./trust";
import { code, refusal, type Place } from "./views";

let state: State = { role: copied(EXAMPLES[0]!.role), profile: "standard", edited: null, tags: [{ key: "DoitEnvironment", state: "unknown", value: "" }], before: null };
let preview: Answers["preview"] | null = null;
let version = { version: "", catalogue: "" };
let json = "";
let documents: Answers["documents"]["documents"] = [];
const current = () => state;

const failed = (error: unknown): void => fill(by("trouble"), refusal([{ code: "FAILED", message: error instanceof Error ? error.message : String(error), help: "nothing is lost: change the input, or load the page again" }]));
window.addEventListener("unhandledrejection", (event) => failed(event.reason));
window.addEventListener("error", (event) => failed(event.error ?? event.message));

const started = Engine.start();
const editor = new Documents(by("documents"), edit, { add, remove });
const tabs = new Tabs(by("tabs"), [["access", "Access"], ["could", "Could they …?"], ["trust", "Trust"], ["stop", "Stop this"], ["compare", "Compare"], ["json", "JSON"]], (id) => void shown(id));
let views: { matrix: Matrix; could: Question; trust: Trust; compare: Compare };
let engine: Engine;

/** Shows a statement in the text of its document. */
function open(place: Place): void {
  const found = documents.find((own) => own.layer === place.layer && own.policy === place.policy);
  const path = found?.path ? found.path.slice(ROLE.length + 1) : place.layer === "session" && place.policy === "inline" ? `profile: ${state.profile}` : `managed: ${place.policy}`;
  editor.open(path, place.line, place.column);
  by("input").scrollIntoView({ block: "nearest" });
}

/** The text of the document of a statement. */
const textOf = (place: Place): string => (place.layer === "session" && place.policy === "inline" ? profileText() : (documents.find((own) => own.layer === place.layer && own.policy === place.policy)?.text ?? ""));

/** Shows the place in a file that an error names. */
function openFile(file: string, line: number, column: number): void {
  const path = file.startsWith(`${ROLE}/`) ? file.slice(ROLE.length + 1) : file.includes(state.profile) ? `profile: ${state.profile}` : file;
  editor.open(path, line, column);
}

function edit(path: string, text: string): void {
  if (path.startsWith("profile: ")) state.edited = text;
  else state.role[path] = text;
  editor.note(path, text);
  void update();
}

function add(): void {
  let n = 1;
  while (`inline/Policy${n}.json` in state.role) n += 1;
  const path = `inline/Policy${n}.json`;
  state.role[path] = '{\n  "Version": "2012-10-17",\n  "Statement": []\n}\n';
  list();
  editor.show(path);
  void update();
}

function remove(path: string): void {
  delete state.role[path];
  list();
  void update();
}

const profileText = (): string => state.edited ?? PROFILES.get(state.profile) ?? "";

function list(): void {
  const locked = new Map<string, Locked>();
  for (const own of documents) if (!own.path && own.text !== "" && own.policy !== "inline") locked.set(own.policy, own);
  editor.list(state.role, { name: state.profile, text: profileText() }, [...locked.values()]);
}

/** Marks the page as busy while an answer is computed. */
async function working<T>(work: () => Promise<T>): Promise<T> {
  const count = (by: number) => (document.documentElement.dataset.working = String(Number(document.documentElement.dataset.working ?? 0) + by));
  count(1);
  try {
    return await work();
  } finally {
    count(-1);
  }
}

/** Updates everything that depends on the inputs. */
const update = (): Promise<void> => working(evaluate);

async function evaluate(): Promise<void> {
  const began = performance.now();
  const all = files(state);
  const question = { snapshot: ROLE, session: session(state), for_tag: tags(state) };
  const told = await engine.latest("preview", question, all);
  if (!told) return;
  if (told.refused) {
    fill(by("trouble"), refusal(told.refused.errors, openFile));
    fill(by("sentence"), preview ? "The documents cannot be read. Below is the answer to what could be read last." : "The documents cannot be read.");
    by("answer").classList.add("stale");
    // The other tabs would only show the same error again.
    return await found(all);
  } else {
    preview = told.answer!;
    json = told.text;
    fill(by("trouble"));
    by("answer").classList.remove("stale");
    summary(preview);
    views.matrix.show(preview);
    // For measurements: the time of this answer, and the time at which the first answer was shown.
    by("answer").dataset.engine = String(Math.round(told.took));
    by("answer").dataset.took = String(Math.round(performance.now() - began));
    by("answer").dataset.first ??= String(Math.round(performance.now()));
  }
  await Promise.all([found(all), behind(question, all), shown(tabs.current)]);
}

/** Shows the findings in the documents as marks. */
async function found(all: Files): Promise<void> {
  const told = await engine.latest("check", { paths: [ROLE] }, all);
  const marks: Mark[] = (told?.answer?.files ?? []).flatMap((file) => file.findings.map((finding) => {
    const { start, end } = finding.locations[0]!.span;
    return { path: file.file.slice(ROLE.length + 1), level: finding.findingType, code: finding.issueCode, says: finding.findingDetails, help: finding.help, line: start.line, column: start.column + 1, endLine: end.line, endColumn: end.column + 1 };
  }));
  if (told) editor.mark(marks);
}

/** The documents of the answer, in which statements have their places. */
async function behind(question: Parameters<Engine["ask"]>[1] & object, all: Files): Promise<void> {
  const told = await engine.latest("documents", question as { snapshot: string }, all);
  if (!told?.answer) return;
  documents = told.answer.documents;
  list();
}

/** Asks the question of a tab when the tab is shown. */
async function shown(id: string): Promise<void> {
  if (!views) return;
  if (id === "trust") await views.trust.show();
  if (id === "compare") await views.compare.show();
  if (id === "could") views.could.again();
  if (id === "json") fill(tabs.panel("json"), code(json));
}

/** Takes the input that somebody gave. */
const take = (picked: Picked[]): Promise<void> => working(() => taken(picked));

async function taken(picked: Picked[]): Promise<void> {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Reading" });
  const words = h("span", {}, "Reading …");
  fill(by("progress"), bar, words);
  try {
    const given = sorted(await texts(picked, (read, all) => {
      bar.value = all === 0 ? 1 : read / all;
      words.textContent = `Read ${(read / 1e6).toFixed(1)} of ${(all / 1e6).toFixed(1)} MB`;
    }));
    if (given.kind === "nothing") throw new Error("no JSON documents in what was given: policies, the folder of a role, or the output of `aws iam get-account-authorization-details`");
    if (given.kind === "role") return await begin(given.files);
    words.textContent = "Looking for the roles …";
    bar.removeAttribute("value");
    await account(given.text);
  } catch (error) {
    failed(error);
  } finally {
    fill(by("progress"));
  }
}

/** Lets somebody choose a role of an account. */
async function account(text: string): Promise<void> {
  const all = { "account.json": text };
  const told = await engine.ask("roles", { file: "account.json" }, all);
  if (told.refused) return fill(by("trouble"), refusal(told.refused.errors));
  const { roles } = told.answer!;
  const choose = async (role: string): Promise<void> => {
    const own = await engine.ask("roles", { file: "account.json", role }, all);
    if (own.refused) return fill(by("trouble"), refusal(own.refused.errors));
    await begin(own.answer!.files as Files);
  };
  const select = h("select", { id: "role-choice", change: () => void working(() => choose(select.value)) }, ...roles.map(({ name }) => h("option", { value: name }, name)));
  fill(by("roles"), h("label", { for: "role-choice" }, `Role (${roles.length} in the account)`), select);
  const wanted = roles.find(({ name }) => name === "DoiT-Support-Gateway") ?? roles[0];
  if (!wanted) throw new Error("the account has no roles");
  select.value = wanted.name;
  await choose(wanted.name);
}

async function begin(role: Files): Promise<void> {
  state.role = copied(role);
  state.before = null;
  documents = [];
  fill(by("trouble"));
  list();
  await update();
}

function source(): void {
  const pick = (folder: boolean) => {
    const input = h("input", { type: "file", multiple: true, class: "hidden", webkitdirectory: folder, "aria-label": folder ? "Open a folder" : "Open files" });
    input.addEventListener("change", () => void take([...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))));
    return input;
  };
  const [one, folder] = [pick(false), pick(true)];
  const paste = h("textarea", { id: "paste", rows: 2, placeholder: "Paste a policy, or drop files anywhere on this page", "aria-label": "Paste a policy", spellcheck: "false" });
  paste.addEventListener("input", () => {
    const text = paste.value;
    if (text.trim() === "") return;
    paste.value = "";
    void take([{ path: "Pasted.json", file: new File([text], "Pasted.json") }]);
  });
  fill(by("source"),
    h("div", { class: "chips", role: "group", "aria-label": "Examples" }, ...EXAMPLES.map(({ title, role }) => h("button", { type: "button", class: "chip", click: () => (fill(by("roles")), void begin(role)) }, title))),
    paste,
    h("div", { class: "row" }, one, folder, h("button", { type: "button", click: () => one.click() }, "Open files"), h("button", { type: "button", click: () => folder.click() }, "Open a folder")),
    h("div", { id: "progress", class: "row", role: "status" }), h("div", { id: "roles", class: "form" }),
    h("details", { class: "hint" }, h("summary", {}, "How do I get the documents of my role?"), h("p", {}, "Run this, and drop the file here. It stays on this page."), code("aws iam get-account-authorization-details \\\n  --filter Role LocalManagedPolicy AWSManagedPolicy > account.json")),
  );
}

function sessionView(): void {
  const profile = h("select", { id: "profile", change: () => ((state.profile = profile.value), (state.edited = null), list(), void update()) }, ...[...PROFILES.keys()].map((name) => h("option", { value: name }, name)));
  profile.value = state.profile;
  const rows = h("div", { id: "tag-rows" });
  const draw = (): void => fill(rows, ...state.tags.map((tag, at) => {
    const key = h("input", { "aria-label": "Tag key", value: tag.key, spellcheck: "false", input: () => ((tag.key = key.value), void update()) });
    const kind = h("select", { "aria-label": "What is known of the tag", change: () => ((tag.state = kind.value as typeof tag.state), draw(), void update()) }, h("option", { value: "unknown" }, "may be anything"), h("option", { value: "absent" }, "is absent"), h("option", { value: "value" }, "is"));
    kind.value = tag.state;
    const value = h("input", { "aria-label": "Tag value", value: tag.value, spellcheck: "false", hidden: tag.state !== "value", input: () => ((tag.value = value.value), void update()) });
    return h("div", { class: "row tag-row" }, key, kind, value, h("button", { type: "button", "aria-label": `Remove the tag ${tag.key}`, click: () => (state.tags.splice(at, 1), draw(), void update()) }, "✕"));
  }));
  draw();
  fill(by("session"), h("div", { class: "form" }, h("label", { for: "profile" }, "Session profile"), h("div", { class: "row" }, profile, h("button", { type: "button", click: () => editor.show(`profile: ${state.profile}`) }, "Edit"))), h("p", { class: "label" }, "Session tags"), rows, h("button", { type: "button", click: () => (state.tags.push({ key: "", state: "unknown", value: "" }), draw()) }, "Add a tag"));
}

function tools(): void {
  const dialog = by<HTMLDialogElement>("dialog");
  by("share").addEventListener("click", async () => {
    const mask = h("input", { type: "checkbox", id: "mask", checked: true });
    const out = h("div", {});
    const draw = async (): Promise<void> => {
      const url = await link(state, mask.checked);
      fill(out, h("p", { class: "dim" }, `${url.length.toLocaleString("en-US")} characters. The part behind # is never sent to a server.`, url.length > LONG ? " It is long: some programs will cut it." : ""), code(url));
    };
    mask.addEventListener("change", () => void draw());
    fill(dialog, h("form", { method: "dialog", class: "row spread" }, h("h3", {}, "A link to what you see"), h("button", { "aria-label": "Close" }, "✕")), h("label", { class: "row" }, mask, "Replace account ids by others"), out);
    await draw();
    dialog.showModal();
  });
  by("print").addEventListener("click", async () => {
    if (!preview) return;
    await report(state, preview, profileText(), version);
    document.documentElement.dataset.report = "ready";
    window.print();
  });
  by("scheme").addEventListener("click", () => {
    const dark = document.documentElement.dataset.scheme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    const next = dark === "dark" ? "light" : "dark";
    document.documentElement.dataset.scheme = next;
    try {
      localStorage.setItem("scheme", next);
    } catch {
      // Without storage, the choice is valid for this visit only.
    }
  });
  if (import.meta.env.MODE === "single") by("offline").remove();
  document.addEventListener("dragover", (event) => (event.preventDefault(), document.body.classList.add("dragging")));
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && document.body.classList.remove("dragging"));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    if (event.dataTransfer) await take(await dropped(event.dataTransfer));
  });
  document.addEventListener("keydown", (event) => {
    const writes = event.composedPath().some((own) => own instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(own.tagName) || own.isContentEditable));
    if (event.key === "F8") (event.preventDefault(), editor.step(event.shiftKey ? -1 : 1));
    else if (event.key === "/" && !writes) (event.preventDefault(), tabs.show("access"), views.matrix.focusFilter());
  });
  addEventListener("hashchange", () => void linked());
}

async function linked(): Promise<boolean> {
  const found = await carried(location.hash).catch((error) => (failed(error), null));
  if (!found) return false;
  if (!PROFILES.has(found.profile) && found.edited === null) found.profile = "standard";
  state = found;
  sessionView();
  list();
  await update();
  return true;
}

/** Counts the network requests of the page after everything is loaded, and all of its worker. */
function watch(): void {
  const own: Record<"page" | "worker", Network> = { page: { made: 0, stopped: 0 }, worker: { made: 0, stopped: 0 } };
  const tell = (from: keyof typeof own, network: Network): void => {
    own[from] = network;
    const made = own.page.made + own.worker.made;
    const stopped = own.page.stopped + own.worker.stopped;
    by("requests").classList.toggle("alarm", made + stopped > 0);
    fill(by("requests"), `${made} network requests since the page was ready${stopped === 0 ? "" : `, and ${stopped} that its policy stopped`}`);
  };
  watched((network) => tell("page", network));
  engine.watched((network) => tell("worker", network));
}

async function main(): Promise<void> {
  source();
  sessionView();
  tools();
  list();
  tabs.show("access");
  engine = await started;
  views = {
    matrix: new Matrix(tabs.panel("access"), open, (action, resource) => (tabs.show("could"), views.could.about(action, resource)), textOf),
    could: new Question(tabs.panel("could"), engine, current, open),
    trust: new Trust(tabs.panel("trust"), engine, current, openFile),
    compare: new Compare(tabs.panel("compare"), engine, current),
  };
  new Restrict(tabs.panel("stop"), engine, current);
  if (!(await linked())) await update();
  version = await engine.version();
  fill(by("about"), `iamgate ${version.version} · catalogue of ${version.catalogue} · module ${import.meta.env.VITE_MODULE}`);
  await Promise.all([engine.loadDetails(), editor.upgrade()]);
  watch();
  document.documentElement.dataset.ready = "yes";
}

void main();
