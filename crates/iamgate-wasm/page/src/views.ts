// Pieces that several views show.
import { h } from "./dom";

export interface Place {
  layer: string;
  policy: string;
  line: number;
  column: number;
  sid?: string | null;
  number: number;
}

/** The place of a statement. A click shows it. */
export type Open = (place: Place) => void;

export const LAYERS: Record<string, string> = {
  identity: "role", boundary: "boundary", session: "session", scope: "scope-down policy", resource: "resource policy", scp: "service control policy", rcp: "resource control policy", vpc_endpoint: "VPC endpoint policy", trust: "trust policy",
};

/** A statement as a button that leads to its text. */
export function statement(place: Place, open: Open): HTMLElement {
  const name = place.sid ? place.sid : `statement ${place.number}`;
  return h("button", { type: "button", class: "statement", title: `${place.policy}, line ${place.line}`, click: () => open(place) }, h("span", { class: "dim" }, `${LAYERS[place.layer] ?? place.layer} · ${place.policy} · `), name);
}

/** The text of the document that contains a statement. */
export type TextOf = (place: Place) => string;

export function statements(title: string, places: Place[], open: Open, text?: TextOf): HTMLElement | null {
  if (places.length === 0) return null;
  return h("div", { class: "statements" }, h("h4", {}, title), h("ul", {}, ...places.map((place) => h("li", {}, statement(place, open), text && limits(place, text(place))))));
}

const SHOWN = 4;

/** The resources and conditions of a statement, as in its document. The engine has accepted the document before. */
function limits(place: Place, text: string): HTMLElement | null {
  let found: Record<string, unknown> | undefined;
  try {
    const document = JSON.parse(text);
    const all = (document.Policy ?? document).Statement;
    found = Array.isArray(all) ? all[place.number - 1] : all;
  } catch {
    return null;
  }
  if (typeof found !== "object" || found === null) return null;
  const listed = (value: unknown): string => {
    const all = Array.isArray(value) ? value : [value];
    return all.slice(0, SHOWN).join(", ") + (all.length > SHOWN ? ` and ${all.length - SHOWN} more` : "");
  };
  const on = "NotResource" in found ? `on everything but ${listed(found.NotResource)}` : listed(found.Resource) === "*" ? "on everything" : `on ${listed(found.Resource)}`;
  const tests = Object.entries((found.Condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) => `${operator} ${key} ${listed(value)}`));
  return h("p", { class: "dim" }, on, tests.length > 0 ? `, if ${tests.join(" and ")}` : "");
}

/** JSON to look at and to copy. */
export function code(text: string): HTMLElement {
  const copy = h("button", { type: "button", class: "copy", click: () => void navigator.clipboard?.writeText(text).then(() => (copy.textContent = "Copied")) }, "Copy");
  return h("div", { class: "code" }, copy, h("pre", { tabindex: 0 }, text));
}

/** The members of a policy in the order in which people write them. */
const ORDER = ["Version", "Id", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition", "Statement"];

/** A policy laid out for people. */
export function policy(value: unknown): string {
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const ordered = (_: string, own: unknown) => (typeof own === "object" && own !== null && !Array.isArray(own) ? Object.fromEntries(Object.entries(own).sort(([a], [b]) => rank(a) - rank(b))) : own);
  return JSON.stringify(value, ordered, 2);
}

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const WORDS: Record<string, [string, string]> = {
  allowed: ["Yes", "good"], explicit_deny: ["No, denied", "bad"], implicit_deny: ["No", "bad"], depends: ["It depends", "soso"],
  holds: ["Proven", "good"], fails: ["Broken", "bad"], unknown: ["Not known", "soso"],
};

/** A decision or a verdict as a mark with words. */
export function verdict(name: string, words?: string): HTMLElement {
  const [text, kind] = WORDS[name] ?? [name, "soso"];
  return h("strong", { class: `verdict ${kind}` }, words ?? text);
}

/** The extent to which an action is allowed, in words. */
export const REACH: Record<string, string> = {
  always: "always", on_some_resources: "on some resources", under_conditions: "under conditions", on_some_resources_under_conditions: "on some resources, under conditions", unknown: "as far as is known", never: "never",
};

/** The errors, if there is no answer. */
export function refusal(errors: { code: string; message: string; help: string; file?: string | null; line?: number | null; column?: number | null }[], open?: (file: string, line: number, column: number) => void): HTMLElement {
  return h("div", { class: "refusal", role: "alert" }, h("h3", {}, "There is no answer yet"), h("ul", {}, ...errors.map((error) => {
    const { file, line, column } = error;
    const place = file && line ? h("button", { type: "button", class: "statement", click: () => open?.(file, line, column ?? 1) }, `${file}, line ${line}`) : file ? h("span", { class: "dim" }, file) : null;
    return h("li", {}, h("code", {}, error.code), " ", error.message, place && " · ", place, h("p", { class: "dim" }, error.help));
  })));
}
