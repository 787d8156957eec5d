// Compares two versions of the role, or two profiles: what became possible, and what is no longer possible.
import type { Answers } from "iamgate";
import type { Engine } from "./engine";
import { fill, h, number } from "./dom";
import { PROFILES } from "./examples";
import { copied, files, ROLE, session, tags, type State } from "./state";
import { code, pretty, REACH, refusal } from "./views";

type Change = Answers["changes"]["gained"][number];

const SHOWN = 200;

export class Compare {
  readonly #profile = h("select", { id: "compare-profile", change: () => void this.show() });
  readonly #out = h("div", { "aria-live": "polite" });

  constructor(root: HTMLElement, private readonly engine: Engine, private readonly state: () => State) {
    fill(this.#profile, h("option", { value: "" }, "the role as kept below"), ...[...PROFILES.keys()].map((name) => h("option", { value: name }, `the profile ${name}`)));
    this.#profile.value = "narrow";
    const keep = () => {
      this.state().before = copied(this.state().role);
      this.#profile.value = "";
      void this.show();
    };
    fill(root, h("div", { class: "form" }, h("label", { for: "compare-profile" }, "What changed since"), this.#profile, h("div", { class: "row" }, h("button", { type: "button", id: "keep", click: keep }, "Keep the role as it is now"), h("span", { class: "dim" }, "Then change a document, and see what the change does."))), this.#out);
  }

  async show(): Promise<void> {
    const state = this.state();
    const profile = this.#profile.value;
    if (profile === "" && !state.before) return fill(this.#out, h("p", { class: "dim" }, "Nothing is kept yet."));
    const before = profile === "" ? { before_role: "before" } : { before_profile: profile };
    const told = await this.engine.latest("changes", { snapshot: ROLE, session: session(state), for_tag: tags(state), ...before }, files(state));
    if (!told) return;
    if (told.refused) return fill(this.#out, refusal(told.refused.errors));
    const found = told.answer!;
    const total = found.gained.length + found.lost.length + found.moved.length;
    const since = profile === "" ? "the role as kept" : `the profile ${profile}`;
    fill(this.#out,
      h("p", { class: "sentence" }, total === 0 ? `Nothing has changed since ${since}.` : `Since ${since}: ${number(found.gained.length)} became possible, ${number(found.lost.length)} no longer ${found.lost.length === 1 ? "is" : "are"}, ${number(found.moved.length)} in another way.`),
      this.#list("Became possible", "gained", found.gained), this.#list("No longer possible", "lost", found.lost), this.#list("Possible in another way", "moved", found.moved),
    );
  }

  #list(title: string, kind: string, changes: Change[]): HTMLElement | null {
    if (changes.length === 0) return null;
    const items = changes.slice(0, SHOWN).map((change) => h("li", {}, h("code", {}, change.action), h("span", { class: "dim" }, ` ${change.level ?? "not in the catalogue"} · before ${how(change.before)}, now ${how(change.after)}`), change.request ? h("details", {}, h("summary", {}, "A request"), code(pretty(change.request))) : null));
    return h("details", { class: `evidence ${kind}`, open: true }, h("summary", {}, title, " ", h("span", { class: "count" }, number(changes.length))), h("ul", {}, ...items), changes.length > SHOWN ? h("p", { class: "dim" }, `and ${number(changes.length - SHOWN)} more, in the JSON`) : null);
  }
}

const how = (word: string): string => REACH[word] ?? word;
