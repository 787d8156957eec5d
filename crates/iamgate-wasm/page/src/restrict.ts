// "Stop this": a statement for the policy of a resource, with before and after as the engine decides them.
import type { Engine } from "./engine";
import { fill, h } from "./dom";
import { files, ROLE, session, type State } from "./state";
import { code, policy, refusal, verdict } from "./views";

/** For each service, an action that shows the difference. */
const ACTIONS: Record<string, string> = { s3: "s3:GetObject", kms: "kms:Decrypt", secretsmanager: "secretsmanager:GetSecretValue", sqs: "sqs:ReceiveMessage", sns: "sns:GetTopicAttributes", dynamodb: "dynamodb:GetItem", ecr: "ecr:BatchGetImage" };

const who = (groups: { who: string }[]) => groups.map((group) => group.who).join(", ") || "nobody";

export class Restrict {
  readonly #resource = h("input", { id: "stop-resource", value: "arn:aws:s3:::payroll", spellcheck: "false", autocomplete: "off", required: true });
  readonly #account = h("input", { id: "stop-account", inputmode: "numeric", spellcheck: "false", autocomplete: "off" });
  readonly #policy = h("textarea", { id: "stop-policy", rows: 4, spellcheck: "false", placeholder: "The policy that the resource has now; leave it empty if it has none" });
  readonly #out = h("div", { "aria-live": "polite" });

  constructor(root: HTMLElement, private readonly engine: Engine, private readonly state: () => State) {
    fill(root,
      h("form", { class: "form", submit: (event) => (event.preventDefault(), void this.write()) },
        h("label", { for: "stop-resource" }, "Keep DoiT out of"), this.#resource,
        h("label", { for: "stop-account" }, "owned by the account"), this.#account,
        h("label", { for: "stop-policy" }, "whose policy is"), this.#policy,
        h("div", { class: "row" }, h("button", { class: "primary" }, "Write the statement")),
      ), this.#out);
  }

  #arnAccount(): string {
    return /"Arn"\s*:\s*"arn:[^:"]*:iam::([0-9]{12}):/.exec(this.state().role["role.json"] ?? "")?.[1] ?? "111122223333";
  }

  async write(): Promise<void> {
    const resource = this.#resource.value.trim();
    const own = resource.split(":")[4];
    const account = own ? null : this.#account.value.trim() || this.#arnAccount();
    if (!own && this.#account.value.trim() === "") this.#account.value = account ?? "";
    const given: Record<string, string> = Object.create(null);
    const has = this.#policy.value.trim() !== "";
    if (has) given["policy.json"] = this.#policy.value;
    const told = await this.engine.latest("restrict", { resource, account, policy: has ? "policy.json" : null }, given);
    if (!told) return;
    if (told.refused) return fill(this.#out, refusal(told.refused.errors));
    const made = told.answer!;
    const whole = policy(made.policy);
    fill(this.#out,
      h("p", { class: "sentence" }, verdict(made.denies), ` · nobody with the tag gets anything on ${resource} and what belongs to it, by ${made.actions.join(", ")}.`),
      h("p", {}, verdict(made.changes_nothing_else), ` · without the tag nothing changes for ${who(made.unchanged.filter((own) => own.had_access !== false))}.`),
      h("p", { class: "dim" }, `No access before, and none now: ${who(made.unchanged.filter((own) => own.had_access === false))}.`),
      made.in_role ? h("div", {}, h("p", {}, `Still possible, because such a policy cannot name them: ${made.left.join(", ")}. This in a policy of the role denies them:`), code(policy(made.in_role))) : null,
      made.added ? null : h("p", {}, "The policy already has this statement, and stays as it is."),
      h("h3", {}, "If"), h("ul", {}, ...[...made.premises, ...made.beside].map((text) => h("li", {}, text))),
      h("h3", {}, "The statement"), code(policy(made.statement)),
      h("h3", {}, "The whole policy"), code(whole),
      h("h3", {}, "Before and after"), await this.#compared(resource, has ? this.#policy.value : null, whole),
    );
  }

  /** One request of a session of DoiT's, before and after. */
  async #compared(resource: string, before: string | null, after: string): Promise<HTMLElement> {
    const service = resource.split(":")[2] ?? "";
    const action = ACTIONS[service];
    if (!action) return h("p", { class: "dim" }, "No example for this kind of resource.");
    const on = service === "s3" && !resource.slice("arn:aws:s3:::".length).includes("/") ? `${resource}/example` : resource;
    const state = this.state();
    const ask = async (policy: string | null) => {
      const given = files(state);
      if (policy !== null) given["resource.json"] = policy;
      const for_tag = [`DoitEnvironment=${this.#arnAccount()}`];
      return this.engine.ask("could", { snapshot: ROLE, session: session(state), action, resource: on, resource_policy: policy === null ? null : "resource.json", for_tag }, given);
    };
    const [then, now] = await Promise.all([ask(before), ask(after)]);
    const cell = (told: typeof then) => (told.refused ? h("span", { class: "dim" }, told.refused.errors[0]?.message ?? "") : h("span", {}, verdict(told.answer!.decision), " ", told.answer!.summary.split(/: (.*)/s)[1] ?? ""));
    return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Before and after" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Could a session of DoiT's do"), h("th", { scope: "col" }, "before"), h("th", { scope: "col" }, "after"))), h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, `${action} on ${on}`), h("td", {}, cell(then)), h("td", {}, cell(now))))));
  }
}
