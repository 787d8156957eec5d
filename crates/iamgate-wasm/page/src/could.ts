// "Could they ...?": decides and explains one request, or a message that access was denied.
import type { Answers } from "iamgate";
import type { Engine } from "./engine";
import { fill, h } from "./dom";
import { files, ROLE, session, tags, type State } from "./state";
import { code, LAYERS, pretty, refusal, verdict, type Open } from "./views";

type Could = Answers["could"];
type Message = Answers["why"]["messages"][number];

/** How a sentence about the documents at hand begins. */
const STANDING: Record<string, string> = {
  agree: "These documents agree",
  contradict: "These documents contradict this",
  "cannot-know": "These documents cannot know",
  "not-asked": "These documents were not asked",
};

export class Question {
  readonly #action = h("input", { id: "could-action", placeholder: "s3:GetObject", autocomplete: "off", spellcheck: "false", required: true });
  readonly #resource = h("input", { id: "could-resource", placeholder: "arn:aws:s3:::payroll/2026.csv, or * for none", autocomplete: "off", spellcheck: "false" });
  readonly #context = h("textarea", { id: "could-context", rows: 2, placeholder: "aws:SourceIp=192.0.2.1", spellcheck: "false" });
  readonly #message = h("textarea", { id: "could-message", rows: 3, placeholder: "User: arn:aws:sts::… is not authorized to perform: …", spellcheck: "false" });
  readonly #out = h("div", { "aria-live": "polite" });

  constructor(root: HTMLElement, private readonly engine: Engine, private readonly state: () => State, private readonly open: Open) {
    const form = h("form", { class: "form", submit: (event) => (event.preventDefault(), void this.ask(false)) },
      h("label", { for: "could-action" }, "Could they do"), this.#action,
      h("label", { for: "could-resource" }, "on"), this.#resource,
      h("label", { for: "could-context" }, "knowing (a key and value on each line)"), this.#context,
      h("div", { class: "row" }, h("button", { class: "primary" }, "Ask"), h("span", { class: "dim" }, "Ctrl+Enter. What is not said is not known: then the answer may be that it depends.")),
    );
    const message = h("form", { class: "form", submit: (event) => (event.preventDefault(), void this.ask(true)) },
      h("label", { for: "could-message" }, "Or paste what AWS said when it denied access"), this.#message,
      h("div", { class: "row" }, h("button", {}, "Explain the message")),
    );
    for (const own of [form, message]) own.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) (event.preventDefault(), own.requestSubmit());
    });
    fill(root, form, message, this.#out);
  }

  /** Asks about an action of the matrix. */
  about(action: string, resource: string): void {
    this.#action.value = action;
    this.#resource.value = resource;
    this.#action.focus();
    void this.ask(false);
  }

  /** Asks again, because the inputs have changed. */
  again(): void {
    if (this.#action.value !== "") void this.ask(false);
  }

  async ask(ofMessage: boolean): Promise<void> {
    const state = this.state();
    const given = files(state);
    const context = this.#context.value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    const known = { snapshot: ROLE, session: session(state), for_tag: tags(state), context };
    if (ofMessage) {
      given["message.txt"] = this.#message.value;
      const told = await this.engine.latest("why", { ...known, message: "message.txt" }, given);
      if (!told) return;
      if (told.refused) return fill(this.#out, refusal(told.refused.errors));
      return fill(this.#out, ...told.answer!.messages.map((message) => this.#denied(message)));
    }
    const told = await this.engine.latest("could", { ...known, action: this.#action.value.trim(), resource: this.#resource.value.trim() || null }, given);
    if (!told) return;
    if (told.refused) return fill(this.#out, refusal(told.refused.errors));
    fill(this.#out, this.#answer(told.answer!));
  }

  /** A message of AWS: its word first, then what the documents say. */
  #denied(message: Message): HTMLElement {
    const { documents, who, resource } = message;
    const part = (name: string, value?: string | null) => value && h("li", {}, h("strong", {}, name), " ", h("code", {}, value));
    return h("article", { class: "answer" },
      h("p", { class: "sentence" }, h("span", { class: "tag bad" }, "denied by AWS"), ` · ${message.says}`),
      h("ul", {}, part("who", who?.text), part("action", message.action ?? message.asked), part("resource", resource?.text), part("policy", message.policy)),
      h("p", {}, `${STANDING[documents.standing]}: ${documents.says}.`),
      h("ul", {}, ...(documents.notes ?? []).map((note) => h("li", {}, `${note}.`))),
      documents.summary && h("p", {}, "All of them together: ", documents.summary),
      h("details", {}, h("summary", {}, "As JSON"), code(pretty(message))),
    );
  }

  #answer(could: Could): HTMLElement {
    const [, reason] = could.summary.split(/: (.*)/s);
    const place = (at: { layer: string; file?: string | null; line?: number | null; column?: number | null; sid?: string | null; statement: number }) => ({ layer: at.layer, policy: at.file ?? "", line: at.line ?? 1, column: at.column ?? 1, sid: at.sid, number: at.statement + 1 });
    const button = (at: Parameters<typeof place>[0]) => {
      const own = place(at);
      return h("button", { type: "button", class: "statement", click: () => this.open(own) }, `${own.policy} · ${own.sid || `statement ${own.number}`}`);
    };
    const layers = could.layers.map((layer) => {
      const near = layer.statements.filter((own) => own.action.matches);
      const state = layer.not_asked ? `not asked: ${layer.not_asked}` : layer.denies === "always" ? "denies" : layer.denies === "maybe" ? "may deny" : layer.allows === "always" ? "allows" : layer.allows === "maybe" ? "may allow" : layer.grant !== "none" && layer.layer === "resource" ? "allows" : "does not allow";
      return h("li", {}, h("strong", {}, LAYERS[layer.layer] ?? layer.layer), ` ${state}`, h("ul", {}, ...near.map((own) => h("li", {}, h("span", { class: `tag ${own.effect === "Deny" ? "bad" : "good"}` }, own.effect), " ", button(own), own.applies === "always" ? " applies" : own.applies === "maybe" ? " may apply" : ` does not apply: ${own.failing.map(({ element }) => element).join(", ")} ${own.failing.length === 1 ? "does" : "do"} not match`, h("ul", {}, ...own.conditions.map((condition) => h("li", { class: "dim" }, `${condition.operator} ${condition.key}: ${condition.wanted.join(", ")} — ${condition.seen.state === "absent" ? "absent" : condition.seen.state === "unknown" ? "not known" : (condition.seen.values ?? []).join(", ")}`)))))));
    });
    const flips = could.flips.filter((flip) => !(flip.change === "match" && flip.element === "Action")).slice(0, 6);
    return h("article", { class: "answer" },
      h("p", { class: "sentence" }, verdict(could.decision), ` · ${reason ?? could.summary}`),
      could.keys.length > 0 && h("p", {}, "What matters and is not known: ", ...could.keys.flatMap((key, at) => [at > 0 ? ", " : "", h("code", {}, key.key), key.state === "absent" ? " (absent)" : ""])),
      h("h3", {}, "Layer by layer"), h("ul", { class: "trace" }, ...layers),
      flips.length > 0 && h("h3", {}, "What would change the answer"),
      flips.length > 0 && h("ul", {}, ...flips.map((flip) => h("li", {}, verdict(flip.decision), ` if ${LAYERS[flip.layer] ?? flip.layer} `, flip.statement ? button(flip.statement) : "had a statement that allows it", flip.statement ? (flip.change === "stop" ? " did not apply" : ` matched by its ${flip.element ?? "elements"}`) : ""))),
      h("details", {}, h("summary", {}, "As JSON"), code(pretty(could))),
    );
  }
}
