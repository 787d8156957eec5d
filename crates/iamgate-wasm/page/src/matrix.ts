// What is possible: the sentence, three numbers, the matrix of services and levels, and the details of each cell.
import type { Answers } from "iamgate";
import { by, fill, h, number, plural } from "./dom";
import { code, pretty, REACH, statements, type Open, type TextOf } from "./views";

type Preview = Answers["preview"];
type Cell = Preview["cells"][number];

const COLUMNS = [
  { key: "list", title: "List", level: "List" }, { key: "read", title: "Read", level: "Read" },
  { key: "data_read", title: "of these: data", level: "" }, { key: "credential_read", title: "credentials", level: "" },
  { key: "write", title: "Write", level: "Write" }, { key: "tagging", title: "Tagging", level: "Tagging" }, { key: "permissions_management", title: "Permissions", level: "Permissions management" },
] as const;

/** The answer: a sentence, and the numbers that matter. */
export function summary(preview: Preview): void {
  fill(by("sentence"), preview.answer);
  const count = (level: string) => preview.levels.find((own) => own.level === level)?.both ?? 0;
  const reads = count("List") + count("Read");
  const others = preview.not_read.length;
  const data = preview.services.reduce((sum, row) => sum + row.data_read, 0);
  const credentials = preview.services.reduce((sum, row) => sum + row.credential_read, 0);
  const one = (n: number, kind: string, ...words: string[]) => h("li", { class: kind }, h("strong", {}, number(n)), h("span", {}, ...words));
  const outside = preview.outside.length;
  fill(
    by("numbers"),
    one(reads, "plain", `reads, in ${plural(preview.services.length, "service", "services")}`),
    one(data, data === 0 ? "good" : "soso", credentials === 0 ? "of them are classed as returning data, none as returning credentials" : "of them are classed as returning data or credentials"),
    outside > 0 ? one(outside, "bad", "break the promise of the profile") : one(others, others === 0 ? "good" : "soso", others === 0 ? "changes" : "are no reads, each an exception of the profile"),
  );
}

export class Matrix {
  readonly #filter = h("input", { type: "search", id: "filter", placeholder: "Filter services or actions  ( / )", "aria-label": "Filter services or actions", input: () => this.#rows() });
  readonly #body = h("tbody");
  readonly #totals = h("tr");
  readonly #evidence = h("div");
  #preview: Preview | null = null;
  /** The rows that are shown now. Most stay the same while somebody types. */
  readonly #made = new Map<string, { counts: string; row: HTMLElement }>();
  #evidenceOf = "";
  #cells = new Map<string, Cell[]>();

  constructor(root: HTMLElement, private readonly open: Open, private readonly explain: (action: string, resource: string) => void, private readonly text: TextOf) {
    const heads = COLUMNS.map(({ title, level }) => h("th", { scope: "col", class: level === "" ? "sub" : "" }, title));
    fill(
      root,
      h("div", { class: "row" }, this.#filter),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Services and access levels" }, h("table", { class: "matrix" }, h("caption", { class: "hidden" }, "Actions that are possible, by service and access level"), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Service"), ...heads), this.#totals), this.#body)),
      this.#evidence,
    );
  }

  focusFilter(): void {
    this.#filter.focus();
  }

  show(preview: Preview): void {
    this.#preview = preview;
    this.#cells = new Map();
    for (const cell of preview.cells) this.#cells.set(cell.service, [...(this.#cells.get(cell.service) ?? []), cell]);
    const sum = (key: (typeof COLUMNS)[number]["key"]) => preview.services.reduce((all, row) => all + row[key], 0);
    fill(this.#totals, h("th", { scope: "row" }, "All"), ...COLUMNS.map(({ key, level }) => h("td", { class: level === "" ? "sub" : "" }, number(sum(key)))));
    this.#rows();
    this.#behind(preview);
  }

  #rows(): void {
    if (!this.#preview) return;
    const wanted = this.#filter.value.trim().toLowerCase();
    const fits = (service: string): boolean => {
      if (wanted === "" || service.includes(wanted)) return true;
      return (this.#cells.get(service) ?? []).some((cell) => cell.names.some((name) => `${service}:${name}`.toLowerCase().includes(wanted)));
    };
    const rows = this.#preview.services.filter((row) => fits(row.service)).map((row) => this.#row(row));
    const same = rows.length === this.#body.children.length && rows.every((row, at) => this.#body.children[at] === row);
    if (same && rows.length > 0) return;
    fill(this.#body, ...(rows.length > 0 ? rows : [h("tr", {}, h("td", { colspan: COLUMNS.length + 1 }, this.#preview.services.length === 0 ? "Nothing is possible." : "Nothing fits the filter."))]));
  }

  /** The row of a service. The existing row is reused if its numbers are the same. */
  #row(row: Preview["services"][number]): HTMLElement {
    const counts = COLUMNS.map(({ key }) => row[key]).join();
    const made = this.#made.get(row.service);
    if (made?.counts === counts) return made.row;
    const cells = COLUMNS.map(({ key, level, title }) => {
      const count = row[key];
      const kind = `${level === "" ? "sub" : ""} ${count > 0 && !["list", "read"].includes(key) ? key : ""}`;
      if (count === 0) return h("td", { class: kind }, h("span", { class: "zero" }, "·"));
      const show = () => this.#cell(row.service, key, level);
      return h("td", { class: kind }, h("button", { type: "button", "aria-label": `${row.service}, ${title}: ${plural(count, "action", "actions")}`, click: show }, count));
    });
    const element = h("tr", {}, h("th", { scope: "row" }, row.service), ...cells);
    this.#made.set(row.service, { counts, row: element });
    return element;
  }

  /** The details of a cell. */
  #cell(service: string, key: string, level: string): void {
    const own = (this.#cells.get(service) ?? []).filter((cell) => (level === "" ? cell.level === "List" || cell.level === "Read" : cell.level === level));
    const names = own.flatMap((cell) => (key === "data_read" ? [...new Set([...cell.data, ...cell.credentials])] : key === "credential_read" ? cell.credentials : cell.names));
    const data = new Set(own.flatMap((cell) => cell.data));
    const credentials = new Set(own.flatMap((cell) => cell.credentials));
    const full = new Set(names.map((name) => `${service}:${name}`));
    const groups = (this.#preview?.possible ?? []).map((group) => ({ group, actions: group.actions.filter((action) => full.has(action)) })).filter(({ actions }) => actions.length > 0);
    const exceptions = (this.#preview?.not_read ?? []).filter(({ action }) => full.has(action));
    const dialog = by<HTMLDialogElement>("dialog");
    const close = () => dialog.close();
    const open: Open = (place) => (close(), this.open(place));
    fill(
      dialog,
      h("form", { method: "dialog", class: "row spread" }, h("h3", {}, `${service} · ${level || (key === "data_read" ? "data" : "credentials")}`), h("button", { "aria-label": "Close" }, "✕")),
      ...groups.map(({ group, actions }) => {
        const request = group.allowed as { action: string; resource: string } | undefined;
        const items = actions.map((action) => {
          const name = action.slice(service.length + 1);
          const marks = [credentials.has(name) && h("span", { class: "tag bad" }, "credentials"), data.has(name) && h("span", { class: "tag soso" }, "data")];
          const why = exceptions.find((own) => own.action === action)?.why;
          return h("li", {}, h("button", { type: "button", class: "statement", click: () => (close(), this.explain(action, request?.action === action ? request.resource : "")) }, name), " ", ...marks, why && h("p", { class: "dim" }, why));
        });
        return h("section", {}, h("h4", {}, `Possible ${REACH[group.reach] ?? group.reach}`), h("ul", { class: "actions" }, ...items), request ? h("details", {}, h("summary", {}, request.action.startsWith(`${service}:`) ? "A request that is allowed" : `A request that is allowed, of the same group: ${request.action}`), code(pretty(request))) : null, group.refused ? h("details", {}, h("summary", {}, "One that is not"), code(pretty(group.refused))) : null);
      }),
      statements("Allowed by the role", unique(own.flatMap((cell) => cell.role)), open, this.text),
      statements("Kept by the session", unique(own.flatMap((cell) => cell.session)), open, this.text),
    );
    dialog.showModal();
  }

  /** The details of the answer. */
  #behind(preview: Preview): void {
    const of = JSON.stringify([preview.outside, preview.not_read, preview.removed, preview.notable]);
    if (of === this.#evidenceOf) return;
    this.#evidenceOf = of;
    const evidence = (title: string, count: number, isOpen: boolean, ...items: Node[]) => (count === 0 ? null : h("details", { class: "evidence", open: isOpen }, h("summary", {}, title, " ", h("span", { class: "count" }, number(count))), h("ul", {}, ...items)));
    const action = (name: string) => h("button", { type: "button", class: "statement", click: () => this.explain(name, "") }, name);
    const causes: Record<string, string> = { not_allowed: "No session policy allows them", denied: "Denied", boundary: "The permissions boundary does not allow them", apart: "Role and session allow them on different resources, or under conditions that exclude each other" };
    fill(
      this.#evidence,
      evidence("What breaks the promise", preview.outside.length, true, ...preview.outside.map((own) => h("li", {}, action(own.action), ` · ${own.level}: ${own.breaks}`, statements("Allowed by", own.role, this.open), statements("Kept by", own.session, this.open)))),
      evidence("What is no read, and why it may be", preview.not_read.length, false, ...preview.not_read.map((own) => h("li", {}, action(own.action), h("span", { class: "dim" }, ` ${own.level}`), own.why && h("p", { class: "dim" }, own.why)))),
      evidence("What the session keeps out of the role", preview.removed.reduce((sum, own) => sum + own.total, 0), false, ...preview.removed.map((own) => h("li", {}, `${causes[own.cause] ?? own.cause}: `, h("strong", {}, number(own.total)), ` actions, such as ${own.examples.slice(0, 5).join(", ")}`, own.statements ? statements("By", own.statements, this.open) : null))),
      evidence("What stands out", preview.notable.length, false, ...preview.notable.map((note) => h("li", {}, note))),
    );
  }
}

function unique<T>(all: T[]): T[] {
  const seen = new Set<string>();
  return all.filter((own) => {
    const key = JSON.stringify(own);
    return !seen.has(key) && seen.add(key);
  });
}
