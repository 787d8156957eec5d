// iamgate: questions about AWS IAM policies, answered as the program `iamgate` answers them.
import * as glue from "./dist/iamgate.js";
import { read } from "#read";

/** The names of the verbs as methods. */
const METHODS = {
  changes: "changes",
  check: "check",
  could: "could",
  diff: "diff",
  documents: "documents",
  effective: "effective",
  evaluate: "eval",
  explain: "explain",
  plan: "plan",
  preflight: "preflight",
  preview: "preview",
  profiles: "profiles",
  profilesBuild: "profiles-build",
  profilesReview: "profiles-review",
  proveNoPublic: "no-public",
  proveNotGranted: "not-granted",
  proveReadOnly: "read-only",
  restrict: "restrict",
  roles: "roles",
  shrink: "shrink",
  trust: "trust",
  why: "why",
};

/** Loads the engine. Without an argument, it reads `iamgate.wasm` next to this module. */
export async function load(source = {}) {
  const wasm = source.wasm ?? (await read(new URL("./dist/iamgate.wasm", import.meta.url)));
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
  const iamgate = loadSync(module);
  if (source.details !== undefined) iamgate.useDetails(source.details);
  return iamgate;
}

/** Makes the engine from a module that is already compiled. */
export function loadSync(module) {
  glue.initSync({ module });
  return new Iamgate();
}

export class Iamgate {
  #module = new glue.Module();
  /** The text of the details. A new engine gets it again. */
  #details;

  /** The answer to a question, both in JSON. The answer is what the program prints with `--format json`. */
  askText(verb, question, files = "{}", seconds = Math.floor(Date.now() / 1000)) {
    try {
      return this.#module.ask(verb, question, files, seconds);
    } catch (error) {
      return this.#afresh(verb, error);
    }
  }

  /** The answer to a question. */
  ask(verb, question, files = {}, options = {}) {
    return JSON.parse(this.askText(verb, JSON.stringify(question), JSON.stringify(files), options.seconds));
  }

  /** Reads the details of the catalogue from a file next to this module. Verbs that prove or plan need them. */
  async loadDetails() {
    if (this.#details !== undefined) return;
    const bytes = await read(new URL("./dist/details.txt", import.meta.url));
    this.useDetails(new TextDecoder().decode(bytes));
  }

  /** Reads the details of the catalogue from a text. */
  useDetails(text) {
    const wrong = this.#module.load_details(text);
    if (wrong !== "") throw new Error(JSON.parse(wrong).errors[0].message);
    this.#details = text;
  }

  /** The version of iamgate, and the date of its catalogue. */
  get version() {
    const [version, catalogue] = this.#module.version().split(" ");
    return { version, catalogue };
  }

  /** The names of all verbs. */
  get verbs() {
    return this.#module.verbs().split("\n");
  }

  /** @internal For a test: stops the engine as a bug would. */
  breakDown() {
    try {
      this.#module.break_down();
    } catch (error) {
      return this.#afresh("break-down", error);
    }
  }

  /** A bug, or policies too deep for the stack, ends an instance. The next question gets a new one. */
  #afresh(verb, error) {
    glue.__wbg_reset_state();
    this.#module = new glue.Module();
    if (this.#details !== undefined) this.#module.load_details(this.#details);
    const message = `iamgate stopped: ${error instanceof Error ? error.message : error}`;
    const help = "this is a bug in iamgate, and no answer about your policies; other questions can be asked";
    const errors = [{ code: "BUG", message, help }];
    return `${JSON.stringify({ schema: `iamgate/${verb}`, version: 1, errors }, null, 2)}\n`;
  }
}

for (const [method, verb] of Object.entries(METHODS)) {
  Iamgate.prototype[method] = function (question, files, options) {
    return this.ask(verb, question, files, options);
  };
}
