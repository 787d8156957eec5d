// Who could assume the role, and with which token.
import type { Engine } from "./engine";
import { fill, h } from "./dom";
import { files, ROLE, session, type State } from "./state";
import { refusal, verdict } from "./views";

export class Trust {
  readonly #out: HTMLElement;

  constructor(root: HTMLElement, private readonly engine: Engine, private readonly state: () => State, private readonly open: (file: string, line: number, column: number) => void) {
    this.#out = root;
  }

  async show(): Promise<void> {
    const state = this.state();
    // The question is about all tokens, for which the details of the catalogue are needed.
    await this.engine.loadDetails();
    const told = await this.engine.latest("trust", { snapshot: ROLE, session: session(state) }, files(state));
    if (!told) return;
    if (told.refused) return fill(this.#out, refusal(told.refused.errors, this.open));
    const trust = told.answer!;
    const others = trust.admits.filter((own) => own.caller !== "doit");
    fill(this.#out,
      h("p", { class: "sentence" }, trust.admits_doit ? verdict("holds", "DoiT gets in") : verdict("fails", "DoiT does not get in"), trust.admits_doit ? " with the tokens of its identity providers. " : ": not every token of its identity providers is admitted. ", ELSE[trust.others][trust.pinned ? 0 : 1]),
      ...trust.providers.map((provider) => h("section", {}, h("h3", {}, `A token of ${provider.issuer}`), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Tokens of ${provider.issuer}` }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Token"), h("th", { scope: "col" }, "What becomes of it"))), h("tbody", {},
        h("tr", {}, h("th", { scope: "row" }, "as DoiT sends it"), h("td", {}, provider.admitted ? verdict("holds", "admitted") : verdict("fails", "refused"))),
        ...provider.trials.map((trial) => h("tr", {}, h("th", { scope: "row" }, trial.token), h("td", {}, trial.admitted === true ? verdict("unknown", "admitted") : trial.admitted === false ? verdict("holds", "never admitted") : verdict("unknown", "not known")))),
      ))))),
      ...trust.tokens.filter((own) => !own.doit).map((own) => h("section", {}, h("h3", {}, `${own.saml ? "An assertion" : "A token"} of ${own.issuer}`), h("ul", {},
        h("li", {}, admitted(own.any.verdict), " whatever its claims"),
        own.strangers ? h("li", {}, admitted(own.strangers.verdict), " of an owner whom the policy does not name") : null,
        ...own.keys.map((key) => h("li", {}, h("code", {}, key.key), key.verdict === "holds" ? ` always ${key.tests.join(", or ")}` : key.verdict === "fails" ? " may have another value" : " is not known")),
        own.any.example?.claims ? h("li", { class: "dim" }, "Admitted: ", h("code", {}, JSON.stringify(own.any.example.claims))) : null,
      ))),
      h("h3", {}, "Who else is named"),
      others.length === 0 ? h("p", {}, "No other principal.") : h("ul", {}, ...others.map((own) => h("li", {}, h("code", {}, own.principal), ` (${own.caller}) by ${own.actions.join(", ")}`, own.conditions.length > 0 ? h("span", { class: "dim" }, ` if ${own.conditions.join(" and ")}`) : ""))),
      trust.findings.length > 0 && h("h3", {}, "Worth knowing"),
      ...trust.findings.map((finding) => h("article", { class: "finding" }, h("h4", {}, h("code", {}, finding.code)), h("p", {}, `${finding.says}.`), finding.admitted ? h("p", {}, "Admitted: ", finding.admitted) : null, h("p", { class: "dim" }, finding.help))),
      h("h3", {}, "If"),
      h("ul", { class: "dim" }, ...trust.premises.map((premise) => h("li", {}, premise))),
    );
  }
}

// Who else opens sessions: if of DoiT's tokens only those get in that the profile describes, and if others of them do or may.
const ELSE = {
  nobody: ["Nobody else opens a session (proven).", "Tokens of these providers that are made for others may open sessions, too."],
  somebody: ["Others open sessions, too.", "Others open sessions, too, and so may tokens of these providers that are made for others."],
  "not known": ["Whether others open sessions is not known.", "Whether others open sessions is not known."],
} as const;

function admitted(kind: "holds" | "fails" | "unknown"): HTMLElement {
  return kind === "holds" ? verdict("holds", "never admitted") : kind === "fails" ? verdict("unknown", "admitted") : verdict("unknown", "not known");
}
