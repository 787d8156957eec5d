// Tabs as in the ARIA practices: arrow keys move between tabs, and only the active tab is in the tab order.
import { fill, h } from "./dom";

export class Tabs {
  readonly #tabs = new Map<string, { tab: HTMLButtonElement; panel: HTMLElement }>();
  #shown = "";

  constructor(root: HTMLElement, names: [id: string, title: string][], private readonly shown: (id: string) => void) {
    const list = h("div", { role: "tablist", "aria-label": "What to look at" });
    for (const [id, title] of names) {
      const tab = h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, click: () => this.show(id) }, title);
      const panel = h("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, tabindex: 0, hidden: true });
      this.#tabs.set(id, { tab, panel });
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => {
      const ids = [...this.#tabs.keys()];
      const at = ids.indexOf(this.#shown);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const id = ids[(next + ids.length) % ids.length]!;
      this.show(id);
      this.#tabs.get(id)!.tab.focus();
    });
    fill(root, list, ...[...this.#tabs.values()].map(({ panel }) => panel));
  }

  panel(id: string): HTMLElement {
    return this.#tabs.get(id)!.panel;
  }

  get current(): string {
    return this.#shown;
  }

  show(id: string): void {
    this.#shown = id;
    for (const [own, { tab, panel }] of this.#tabs) {
      tab.setAttribute("aria-selected", String(own === id));
      tab.tabIndex = own === id ? 0 : -1;
      panel.hidden = own !== id;
    }
    this.shown(id);
  }
}
