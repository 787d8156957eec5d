// Asks module and native program about every vector that a verb can take. Both must give the same bytes.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, texts } from "./program.js";

const CASE = "case.json";

/** The elements of a JSON array as they are written, each on one line. The question must be the text, not what JavaScript makes of it. */
export function elements(text) {
  const found = [];
  let [depth, start, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") {
      if (depth === 1) start = at;
      depth += 1;
    } else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 1) found.push(text.slice(start, at + 1).replaceAll(/[\r\n]+/g, " "));
    }
  }
  return found;
}

/** The vectors: cases with a request, and documents. No verb takes vectors of sessions; `iamgate conformance` runs them natively. */
export function vectors() {
  const cases = [];
  const documents = [];
  let sessions = 0;
  for (const text of Object.values(texts("crates/iam-testkit/conformance", "vectors"))) {
    for (const element of elements(text)) {
      const vector = JSON.parse(element);
      if (vector.operation) sessions += 1;
      else if (vector.request) cases.push({ text: element, ...vector });
      else documents.push({ ...vector, path: `${vector.id}.json` });
    }
  }
  return { cases, documents, sessions };
}

/** The vectors that need a missing rule, and those that the rules do not follow. */
function differing() {
  const ids = (file) => {
    const [, ...rows] = readFileSync(join(root, "crates/iam-testkit/conformance", file), "utf8").trimEnd().split("\n");
    return rows.map((row) => row.split("\t")[0]);
  };
  return new Set([...ids("PENDING.tsv"), ...ids("NOT_FOLLOWED.tsv")]);
}

/** The questions to `check`, by kind of document, with the files. */
function checks(documents) {
  const kinds = [...new Set(documents.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const files = Object.fromEntries(documents.filter((one) => one.kind === kind).map(({ path, text }) => [path, text]));
    return { kind, files, paths: Object.keys(files) };
  });
}

/** The line of the program's stream, made from the answer about one case. */
function line(id, number, answer, rest) {
  const { errors } = answer;
  if (!errors) return JSON.stringify({ id, decision: answer.decision, ...rest(answer) });
  const { code, column, message, help } = errors[0];
  return JSON.stringify({ id, error: { code, line: number, column, message, help } });
}

/** A whole explanation, without the names of files, which a stream does not have. */
function explanation({ summary, reason, layers, flips, lacks, keys }) {
  const nameless = (key, value) => (key === "file" && value === CASE ? undefined : value);
  const trace = JSON.parse(JSON.stringify({ reason, layers, flips, lacks, keys }), nameless);
  return { summary: summary.replaceAll(/, case\.json:[0-9:]+| \(case\.json:[0-9:]+\)/g, ""), trace };
}

/** The questions to the module, in order: verb, question, files. */
function questions({ cases, documents }) {
  const ask = (verb) => cases.map(({ text }) => [verb, JSON.stringify({ case: CASE }), JSON.stringify({ [CASE]: text })]);
  const check = ({ kind, files, paths }) => ["check", JSON.stringify({ paths, kind }), JSON.stringify(files)];
  return [...ask("eval"), ...ask("explain"), ...checks(documents).map(check)];
}

/** The output of the native program: lines of its streams, and reports about documents. */
function native({ cases, documents }) {
  const stream = `${cases.map(({ text }) => text).join("\n")}\n`;
  const lines = (verb) => run([verb, "--batch", "stream.jsonl"], { "stream.jsonl": stream }).trimEnd().split("\n");
  const reports = checks(documents).map(({ kind, files, paths }) => run(["check", ...paths, "--kind", kind, "--format", "json"], files));
  return [...lines("eval"), ...lines("explain"), ...reports];
}

/**
 * Asks `ask`, which answers a list of questions with a list of texts, and the program about every vector. The answers must be equal, and must
 * be what the vectors expect. Returns the numbers of vectors, and one number for all answers.
 */
export async function compared(ask) {
  const given = vectors();
  const { cases, documents, sessions } = given;
  const count = cases.length;
  const answers = await ask(questions(given));
  const lines = answers.map((text, at) => {
    if (at >= 2 * count) return text;
    const number = at % count;
    return line(cases[number].id, number + 1, JSON.parse(text), at < count ? () => ({}) : explanation);
  });
  // A stream tells fewer unknown names than an answer to one question does.
  const named = (text) => text.replace(/,"unknown_names":\[(?:\{[^{}]*\},?)+\]/, "");
  const own = native(given).map((text, at) => (at < 2 * count ? named(text) : text));
  assert.equal(lines.length, own.length);
  lines.forEach((line, at) => assert.equal(line, own[at]));
  const misjudged = cases.filter(({ expect, or_reject }, at) => {
    const { decision } = JSON.parse(lines[at]);
    return decision ? decision !== expect.decision : !or_reject;
  });
  // What is no policy at all stands among the errors.
  const reports = answers.slice(2 * count).map((text) => JSON.parse(text));
  const refused = reports.flatMap(({ errors }) => errors).map(({ file }) => [file, false]);
  const files = reports.flatMap((report) => report.files);
  // A text with several policies is a file for `check`, and no document.
  const alone = (file) => files.filter((own) => own.file === file).length === 1;
  const read = new Map([...refused, ...files.map(({ file, accepted }) => [file, accepted && alone(file)])]);
  const misread = documents.filter(({ path, expect }) => read.get(path) !== (expect === "accept"));
  const known = differing();
  const expected = [...cases, ...documents].map(({ id }) => id).filter((id) => known.has(id));
  assert.deepEqual([...misjudged, ...misread].map(({ id }) => id), expected);
  const digest = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
  return { cases: count, documents: documents.length, sessions, digest, native: createHash("sha256").update(own.join("\n")).digest("hex").slice(0, 16) };
}
