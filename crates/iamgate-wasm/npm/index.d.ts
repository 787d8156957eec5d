import type { Answers, Questions } from "./types.js";

export type { Answers, Questions };
export type Verb = keyof Questions;

/** Texts by path, with `/` between folders. A question names them by path, or by folder. */
export type Files = Record<string, string>;

/** The errors of a question that could not be answered. */
export type Refused = Answers["refused"];

/** The answer of a verb, or the errors if there is none. */
export type Answer<V extends Verb> = (Answers[V] & { errors?: undefined }) | Refused;

/** The answer of `check` has errors besides its findings. */
type Whole<V extends Verb> = V extends "check" ? Answers[V] : Answer<V>;

export interface Options {
  /** The time of the question in seconds since 1970. Default: now. */
  seconds?: number;
}

export interface Source {
  /** The module. If it is not given, it is read from a file next to this one. */
  wasm?: BufferSource | WebAssembly.Module;
  /** The text of `details.txt`; see {@link Iamgate.loadDetails}. */
  details?: string;
}

/** Loads the engine. */
export function load(source?: Source): Promise<Iamgate>;

/** Makes the engine from a module that is already compiled. */
export function loadSync(module: WebAssembly.Module): Iamgate;

type Method<V extends Verb> = (question: Questions[V], files?: Files, options?: Options) => Whole<V>;

export class Iamgate {
  private constructor();
  /** The answer to a question, both in JSON. The answer is what the program prints with `--format json`. */
  askText(verb: Verb, question: string, files?: string, seconds?: number): string;
  /** The answer to a question. */
  ask<V extends Verb>(verb: V, question: Questions[V], files?: Files, options?: Options): Whole<V>;
  /** Reads the details of the catalogue. Verbs that prove, plan, compare or shorten need them. */
  loadDetails(): Promise<void>;
  /** Reads the details of the catalogue from a text. */
  useDetails(text: string): void;
  /** The version of iamgate, and the date of its catalogue. */
  readonly version: { version: string; catalogue: string };
  /** The names of all verbs. */
  readonly verbs: string[];
  /** What changed since another role, profile or catalogue. */
  changes: Method<"changes">;
  /** Mistakes in policy documents. */
  check: Method<"check">;
  /** Whether a session of a role could do something. */
  could: Method<"could">;
  /** The documents behind a preview. */
  documents: Method<"documents">;
  /** What one policy allows that another does not. */
  diff: Method<"diff">;
  /** A role under a session profile as one policy. */
  effective: Method<"effective">;
  /** Whether a request is allowed. */
  evaluate: Method<"eval">;
  /** Whether a request is allowed, and why. */
  explain: Method<"explain">;
  /** The call of STS for a session, or why there is none. */
  plan: Method<"plan">;
  /** Whether policies allow the installation of DoiT's support roles. */
  preflight: Method<"preflight">;
  /** What DoiT could do with a role under a session profile. */
  preview: Method<"preview">;
  /** The session profiles. */
  profiles: Method<"profiles">;
  /** The guard of a profile, written from its promise. */
  profilesBuild: Method<"profiles-build">;
  /** What new versions of managed policies add, and whether the promises hold with them. */
  profilesReview: Method<"profiles-review">;
  /** Whether a resource policy gives somebody outside access. */
  proveNoPublic: Method<"no-public">;
  /** Whether policies ever allow some actions. */
  proveNotGranted: Method<"not-granted">;
  /** Whether the promise of a profile holds. */
  proveReadOnly: Method<"read-only">;
  /** A statement that keeps DoiT's sessions out of a resource. */
  restrict: Method<"restrict">;
  /** The roles of an account. */
  roles: Method<"roles">;
  /** A shorter policy. */
  shrink: Method<"shrink">;
  /** Who a trust policy admits. */
  trust: Method<"trust">;
  /** What messages that access is denied say, and what the documents of a role say to them. */
  why: Method<"why">;
}
