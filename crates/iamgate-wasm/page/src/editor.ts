// The documents: the one that is shown, its text, and the findings in it.
import type { Files } from "iamgate";
import { by, fill, h, plural } from "./dom";

/** A finding in a document. Lines and columns count from 1. */
export interface Mark {
  path: string;
  level: string;
  code: string;
  says: string;
  help: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** A view of one text. */
export interface Box {
  set(text: string, locked: boolean): void;
  mark(marks: Mark[]): void;
  go(line: number, column: number, focus?: boolean): void;
}

/** A document that is read-only. */
export interface Locked {
  layer: string;
  policy: string;
  text: string;
}

export class Documents {
  readonly #choice = h("select", { id: "document", "aria-label": "Document", change: () => this.show(this.#choice.value) });
  readonly #host = h("div", { class: "editor" });
  readonly #found = h("p", { class: "found", tabindex: -1 });
  #box: Box;
  #files: Files = {};
  #locked: Locked[] = [];
  #marks: Mark[] = [];
  #shown = "";
  #at = -1;

  constructor(root: HTMLElement, private readonly changed: (path: string, text: string) => void, actions: { add(): void; remove(path: string): void }) {
    this.#box = this.#plain();
    const step = (by: number) => () => this.step(by);
    fill(
      root,
      h("div", { class: "row" }, this.#choice, h("button", { type: "button", click: actions.add }, "Add"), h("button", { type: "button", id: "remove", click: () => actions.remove(this.#shown) }, "Remove")),
      this.#host,
      this.#found,
      h("div", { class: "row" }, h("button", { type: "button", id: "previous", click: step(-1) }, "◀ Finding"), h("button", { type: "button", id: "next", click: step(1) }, "Finding ▶"), h("span", { class: "dim" }, "F8, Shift+F8; Esc leaves the text")),
    );
  }

  /** A plain field with the text, until the editor is loaded. */
  #plain(): Box {
    const area = h("textarea", { "aria-label": "Text of the document", spellcheck: "false", input: () => this.changed(this.#shown, area.value) });
    fill(this.#host, area);
    return {
      set: (text, locked) => ((area.value = text), (area.readOnly = locked)),
      mark: () => {},
      go: (line, column, focus = true) => {
        const lines = area.value.split("\n");
        const at = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
        area.setSelectionRange(at, at + (lines[line - 1] ?? "").length - column + 1);
        if (focus) area.focus();
      },
    };
  }

  /** Replaces the plain field by the editor. */
  async upgrade(): Promise<void> {
    const { create } = await import("./codemirror");
    const host = h("div", { class: "editor" });
    const active = document.activeElement === this.#host.firstElementChild;
    const box = create(host, "Text of the document", (text) => this.changed(this.#shown, text));
    this.#host.replaceWith(host);
    this.#box = box;
    this.show(this.#shown);
    if (active) box.go(1, 1);
  }

  /** Shows the documents of the role, the profile, and the read-only documents. */
  list(files: Files, profile: { name: string; text: string }, locked: Locked[]): void {
    this.#files = { ...files, [`profile: ${profile.name}`]: profile.text };
    this.#locked = locked;
    const option = (value: string, text = value) => h("option", { value }, text);
    const role = Object.keys(files).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    fill(
      this.#choice,
      h("optgroup", { label: "The role" }, ...role.map((path) => option(path))),
      h("optgroup", { label: "The session profile" }, option(`profile: ${profile.name}`)),
      locked.length > 0 && h("optgroup", { label: "AWS managed policies, to read" }, ...locked.map((own) => option(`managed: ${own.policy}`, own.policy))),
    );
    const known = [...this.#choice.options].some((own) => own.value === this.#shown);
    const keep = known ? this.#shown : (role[0] ?? `profile: ${profile.name}`);
    this.#choice.value = keep;
    if (keep !== this.#shown || !known) this.show(keep);
  }

  #text(path: string): { text: string; locked: boolean } {
    const own = this.#locked.find(({ policy }) => `managed: ${policy}` === path);
    return own ? { text: own.text, locked: true } : { text: this.#files[path] ?? "", locked: false };
  }

  show(path: string): void {
    this.#shown = path;
    this.#choice.value = path;
    const { text, locked } = this.#text(path);
    this.#box.set(text, locked);
    by<HTMLButtonElement>("remove").disabled = locked || path.startsWith("profile:");
    this.#tell();
  }

  /** Takes a text that was changed in the editor itself. */
  note(path: string, text: string): void {
    this.#files[path] = text;
  }

  mark(marks: Mark[]): void {
    this.#marks = marks;
    this.#at = -1;
    this.#tell();
  }

  #tell(): void {
    const own = this.#marks.filter(({ path }) => path === this.#shown);
    this.#box.mark(own);
    const others = this.#marks.length - own.length;
    const first = own.length === 0 ? "Nothing found in this document" : `${plural(own.length, "finding", "findings")} in this document`;
    fill(this.#found, `${first}${others > 0 ? `, ${others} in others` : ""}.`);
  }

  /** Goes to the next finding, or to the previous one. */
  step(by: number): void {
    if (this.#marks.length === 0) return;
    this.#at = (this.#at + by + this.#marks.length) % this.#marks.length;
    const mark = this.#marks[this.#at]!;
    this.open(mark.path, mark.line, mark.column);
    fill(this.#found, h("strong", {}, `${mark.code}: `), mark.says, ". ", mark.help);
  }

  open(path: string, line: number, column: number): void {
    if (path !== this.#shown) this.show(path);
    this.#box.go(line, column);
  }
}

/** Policies first. */
const rank = (path: string): number => (path.includes("/") ? 0 : path === "trust.json" ? 1 : 2);
