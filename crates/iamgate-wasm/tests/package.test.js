// The npm package: its answers equal the program's, byte for byte; it survives a bug; its files and types are packed correctly.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { load } from "../npm/index.js";
import { root, run, texts } from "./program.js";
import { compared, elements } from "./vectors.js";

const here = join(root, "crates/iamgate-wasm");
const bin = (name) => join(here, "node_modules/.bin", name);
const SECONDS = 1_764_244_800;
const AT = "2025-11-27T12:00:00Z";

let iamgate;
before(async () => {
  iamgate = await load();
  await iamgate.loadDetails();
});

const policy = (statement) => JSON.stringify({ Version: "2012-10-17", Statement: statement }, null, 2);
const files = () => ({
  ...texts("policies/doit/support-gateway", "role"),
  ...texts("crates/iamgate-cli/tests/cli/data/small", "small"),
  "claims.json": readFileSync(join(root, "policies/doit/example-claims.json"), "utf8"),
  "installer.json": readFileSync(join(root, "policies/doit/installer-permissions.json"), "utf8"),
  "old.json": policy({ Effect: "Allow", Action: "s3:Get*", Resource: "*" }),
  "new.json": policy({ Effect: "Allow", Action: ["s3:Get*", "s3:PutObject"], Resource: "arn:aws:s3:::a/*" }),
  "bucket.json": policy({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }),
  "broken.json": '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Effect": "Deny"}}',
  "account.json": JSON.stringify({ RoleDetailList: [{ RoleName: "One", Arn: "arn:aws:iam::111122223333:role/One", AssumeRolePolicyDocument: {}, RolePolicyList: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:List*", Resource: "*" }] } }] }], Policies: [] }, null, 4),
  "message.txt": "User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ec2:StopInstances because no session policy allows the ec2:StopInstances action",
});

const json = ["--format", "json"];
/** Verb, question, and the arguments of the program for the same question. */
const QUESTIONS = [
  ["preview", { snapshot: "role" }, ["preview", "role"]],
  ["preview", { snapshot: "role", session: { profile: "narrow" }, for_tag: ["DoitEnvironment=123456789012"] }, ["preview", "role", "--profile", "narrow", "--for-tag", "DoitEnvironment=123456789012"]],
  ["changes", { snapshot: "role", before_profile: "narrow" }, ["preview", "role", "--before-profile", "narrow"]],
  ["trust", { snapshot: "role", at: AT }, ["trust", "role", "--at", AT]],
  ["plan", { snapshot: "role", claims: "claims.json", engineer: "ana", case: "4711", at: AT }, ["plan", "role", "--claims", "claims.json", "--engineer", "ana", "--case", "4711", "--at", AT]],
  ["preflight", { policies: ["installer.json"], account: "111122223333" }, ["preflight", "installer.json", "--account", "111122223333"]],
  ["restrict", { resource: "arn:aws:s3:::payroll", account: "111122223333" }, ["restrict", "arn:aws:s3:::payroll", "--account", "111122223333"]],
  ["restrict", { resource: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1" }, ["restrict", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"]],
  ["profiles", {}, ["profiles"]],
  ["profiles-build", { profile: "narrow" }, ["profiles", "build", "narrow"]],
  ["profiles-build", { profile: "small/profiles/small.json", managed: "small/v1", any_role: true, keep: ["sqs:Get*"], budget: 400 }, ["profiles", "build", "small/profiles/small.json", "--managed", "small/v1", "--any-role", "--keep", "sqs:Get*", "--budget", "400"]],
  ["profiles-review", { managed: "small/v3", before: "small/v1", profiles: "small/profiles" }, ["profiles", "review", "--managed", "small/v3", "--before", "small/v1", "--profiles", "small/profiles"]],
  ["read-only", { snapshot: "role" }, ["prove", "read-only", "role"]],
  ["read-only", { any_role: true, session: { profile: "narrow" }, resource_policies: "any" }, ["prove", "read-only", "--any-role", "--profile", "narrow", "--resource-policies", "any"]],
  ["not-granted", { policies: ["new.json"], action: ["s3:Put*"] }, ["prove", "not-granted", "new.json", "--action", "s3:Put*"]],
  ["no-public", { policy: "bucket.json", owner: "111122223333" }, ["prove", "no-public", "bucket.json", "--owner", "111122223333"]],
  ["effective", { snapshot: "role", session: { profile: "narrow" } }, ["effective", "role", "--profile", "narrow"]],
  ["shrink", { policy: "new.json", fit: 200 }, ["shrink", "new.json", "--fit", "200"]],
  ["diff", { old: "old.json", new: "new.json" }, ["diff", "old.json", "new.json"]],
  ["check", { paths: ["old.json", "broken.json", "bucket.json", "nothing.json"] }, null],
  ["check", { paths: ["old.json", "broken.json", "bucket.json"] }, ["check", "old.json", "broken.json", "bucket.json"]],
  ["eval", { request: { action: "s3:GetObject", resource: "arn:aws:s3:::a/b", principal: "arn:aws:iam::111122223333:user/ana" }, policies: { identity: ["new.json"] } }, ["eval", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::a/b", "--principal", "arn:aws:iam::111122223333:user/ana", "--identity", "new.json"]],
  ["explain", { request: { action: "s3:GetObject", resource: "arn:aws:s3:::a/b", principal: "arn:aws:iam::111122223333:user/ana" }, policies: { identity: ["broken.json"] } }, ["explain", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::a/b", "--principal", "arn:aws:iam::111122223333:user/ana", "--identity", "broken.json"]],
  ["could", { snapshot: "role", action: "s3:GetObject", resource: "arn:aws:s3:::payroll/x" }, ["could", "role", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::payroll/x"]],
  ["why", { message: "message.txt" }, ["why", "--message", "message.txt"]],
  ["why", { snapshot: "role", message: "message.txt", for_tag: ["DoitEnvironment=123456789012"] }, ["why", "role", "--message", "message.txt", "--for-tag", "DoitEnvironment=123456789012"]],
  ["roles", { file: "account.json", role: "One" }, ["roles", "account.json", "--role", "One"]],
  ["documents", { snapshot: "role" }, null],
];

test("every verb answers as the program does, byte for byte", () => {
  const given = files();
  const text = JSON.stringify(given);
  for (const [verb, question, args] of QUESTIONS) {
    const answer = iamgate.askText(verb, JSON.stringify(question), text, SECONDS);
    assert.ok(JSON.parse(answer).schema.startsWith("iamgate/"), verb);
    if (args) assert.equal(answer, run([...args, ...json], given), `${verb} ${JSON.stringify(question)}`);
  }
  const asked = new Set(QUESTIONS.map(([verb]) => verb));
  assert.deepEqual(iamgate.verbs.filter((verb) => !asked.has(verb)), [], "each verb is asked something");
});

test("a folder out of the output of a command previews as the output does", () => {
  const given = files();
  const { files: folder } = iamgate.roles({ file: "account.json", role: "One" }, given);
  const own = Object.fromEntries(Object.entries(folder).map(([path, text]) => [`one/${path}`, text]));
  delete own["one/trust.json"];
  const of = (snapshot, all) => JSON.stringify(iamgate.preview({ snapshot }, all).levels);
  assert.equal(of("one", own), JSON.stringify(JSON.parse(run(["preview", "account.json", ...json], { "account.json": given["account.json"].replace('"AssumeRolePolicyDocument": {},', "") })).levels));
});

test("elements of an array are its text", () => {
  assert.deepEqual(elements('[\n{"a": "]\\"}, {",\n "b": [1.0, {"c": "\\\\"}]},{}]'), ['{"a": "]\\"}, {",  "b": [1.0, {"c": "\\\\"}]}', "{}"]);
  assert.deepEqual(elements("[]"), []);
});

test("every vector, with the answers and the digest of the program", async () => {
  const { cases, documents, sessions, digest, native } = await compared((questions) => questions.map((question) => iamgate.askText(...question)));
  assert.ok(cases > 7000 && documents > 1000 && sessions > 200, `${cases} cases, ${documents} documents, ${sessions} sessions`);
  assert.equal(digest, native);
  console.log(`${cases} cases and ${documents} documents in Node, digest ${digest} as native`);
});

test("answers have the form of their schemas", async () => {
  const { default: Ajv } = await import("ajv/dist/2020.js");
  const schema = JSON.parse(readFileSync(join(here, "npm/schemas/answers.json"), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(schema, "answers");
  const text = JSON.stringify(files());
  for (const [verb, question] of QUESTIONS) {
    const answer = JSON.parse(iamgate.askText(verb, JSON.stringify(question), text, SECONDS));
    const name = answer.errors && verb !== "check" ? "refused" : verb;
    const check = ajv.compile({ $ref: `answers#/properties/${name}` });
    assert.ok(check(answer), `${verb}: ${JSON.stringify(check.errors?.slice(0, 2))}`);
  }
});

test("a question of the wrong form is refused with what is wrong", () => {
  for (const question of ["", "null", "[]", '{"snapshot": 1}', '{"snapshot": "role", "unheard": true}', '{"__proto__": {}, "snapshot": "role"}', "\u0000", "{".repeat(100_000)]) {
    const { errors } = JSON.parse(iamgate.askText("preview", question));
    assert.ok(errors[0].code && errors[0].message && errors[0].help, question.slice(0, 40));
  }
  assert.equal(JSON.parse(iamgate.askText("preview", '{"snapshot": "a"}', '{"a": "1", "a": "2"}')).errors[0].code, "INVALID_QUESTION");
  assert.equal(JSON.parse(iamgate.askText("sing", "{}")).errors[0].code, "USAGE");
});

test("a bug leaves no dead instance behind, and what was loaded is there again", () => {
  const said = JSON.parse(iamgate.breakDown());
  assert.equal(said.errors[0].code, "BUG");
  assert.equal(iamgate.preview({ snapshot: "role" }, files()).schema, "iamgate/preview");
  assert.equal(iamgate.proveReadOnly({ any_role: true }).verdict, "holds");
});

test("without the details, what needs them says so", async () => {
  const fresh = await load();
  fresh.breakDown();
  const { errors } = fresh.proveReadOnly({ any_role: true });
  assert.equal(errors[0].code, "DETAILS_NOT_LOADED");
  assert.throws(() => fresh.useDetails("nonsense"));
});

let packed;
after(() => packed && rmSync(packed, { recursive: true }));

/** A folder in which the packed package is installed. */
function installed() {
  if (packed) return packed;
  packed = mkdtempSync(join(tmpdir(), "iamgate-packed-"));
  const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", packed], { cwd: join(here, "npm"), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  const modules = join(packed, "node_modules/iamgate");
  mkdirSync(modules, { recursive: true });
  execFileSync("tar", ["xzf", join(packed, filename), "-C", modules, "--strip-components=1"]);
  writeFileSync(join(packed, "package.json"), '{"type": "module", "private": true}');
  writeFileSync(join(packed, "tarball"), filename);
  return packed;
}

/** The example of the package's README. */
function example() {
  const readme = readFileSync(join(here, "npm/README.md"), "utf8");
  const prints = /It prints `([^`]+)`/.exec(readme)[1];
  return { source: /```ts\n([\s\S]*?)```/.exec(readme)[1], prints };
}

test("the example of the README is what tsc takes, and prints what it says", () => {
  const folder = installed();
  const { source, prints } = example();
  writeFileSync(join(folder, "example.ts"), `${source}\nexport {};\n`);
  const flags = ["--strict", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "--lib", "es2023,dom", "--types", "node", "--typeRoots", join(here, "node_modules/@types"), "--outDir", folder];
  execFileSync(bin("tsc"), [...flags, join(folder, "example.ts")], { cwd: folder, stdio: "inherit" });
  assert.equal(execFileSync("node", ["example.js"], { cwd: folder, encoding: "utf8" }).trim(), prints);
});

test("wrong questions are errors of types", () => {
  const folder = installed();
  writeFileSync(join(folder, "wrong.ts"), 'import { load } from "iamgate";\nconst iamgate = await load();\niamgate.preview({ snapshot: 1 });\n');
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "--lib", "es2023,dom", "--types", ""];
  assert.throws(() => execFileSync(bin("tsc"), [...flags, join(folder, "wrong.ts")], { cwd: folder, stdio: "pipe" }));
});

test("the packed package works for require too", () => {
  const folder = installed();
  writeFileSync(join(folder, "old.cjs"), 'const { load } = require("iamgate");\nload().then((iamgate) => console.log(iamgate.version.version));\n');
  const said = execFileSync("node", ["--no-warnings", "old.cjs"], { cwd: folder, encoding: "utf8" });
  assert.match(said, /^[0-9]+\.[0-9]+\.[0-9]+\n$/);
});

test("publint and are-the-types-wrong have nothing to say", () => {
  const folder = installed();
  const tarball = join(folder, readFileSync(join(folder, "tarball"), "utf8"));
  const lint = execFileSync(bin("publint"), ["run", tarball, "--strict"], { encoding: "utf8" });
  assert.match(lint, /All good/);
  // The module and the details are not JavaScript, so they have no types.
  execFileSync(bin("attw"), [tarball, "--profile", "esm-only", "--exclude-entrypoints", "./iamgate.wasm", "./details.txt"], { stdio: "pipe" });
});

test("types are those of the schemas", () => {
  execFileSync("node", [join(here, "scripts/types.js"), "--check"], { stdio: "inherit" });
});
