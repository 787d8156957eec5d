// A report to print: the answer, the documents by their hashes, and the versions.
import type { Answers } from "iamgate";
import { by, fill, h, number } from "./dom";
import { tags, type State } from "./state";

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function report(state: State, preview: Answers["preview"], profile: string, version: { version: string; catalogue: string }): Promise<void> {
  const documents = Object.entries(state.role).concat([[`profile ${state.profile}`, profile]]);
  const hashes = await Promise.all(documents.map(async ([path, text]) => h("tr", {}, h("th", { scope: "row" }, path), h("td", {}, h("code", {}, await sha256(text))))));
  const known = tags(state);
  fill(by("report"),
    h("h1", {}, "What DoiT could do"),
    h("p", {}, `${preview.role.arn}, under the session profile ${preview.profile.name}. ${known.length > 0 ? `Known of the session: ${known.join(", ")}.` : "Any session tags."}`),
    h("p", { class: "sentence" }, preview.answer),
    h("table", {}, h("thead", {}, h("tr", {}, ...["Level", "role alone", "session alone", "both"].map((title) => h("th", { scope: "col" }, title)))), h("tbody", {}, ...preview.levels.map((level) => h("tr", {}, h("th", { scope: "row" }, level.level), h("td", {}, number(level.role)), h("td", {}, number(level.session)), h("td", {}, number(level.both)))))),
    h("h2", {}, "What is no read"), preview.not_read.length === 0 ? h("p", {}, "Nothing.") : h("ul", {}, ...preview.not_read.map((own) => h("li", {}, `${own.action} (${own.level})${own.why ? `: ${own.why}` : ""}`))),
    preview.outside.length > 0 && h("h2", {}, "What breaks the promise"), preview.outside.length > 0 && h("ul", {}, ...preview.outside.map((own) => h("li", {}, `${own.action}: ${own.breaks}`))),
    h("h2", {}, "Services"), h("table", {}, h("thead", {}, h("tr", {}, ...["Service", "List", "Read", "data", "credentials", "Write", "Tagging", "Permissions"].map((title) => h("th", { scope: "col" }, title)))), h("tbody", {}, ...preview.services.map((row) => h("tr", {}, h("th", { scope: "row" }, row.service), ...[row.list, row.read, row.data_read, row.credential_read, row.write, row.tagging, row.permissions_management].map((n) => h("td", {}, n === 0 ? "" : number(n))))))),
    h("h2", {}, "Documents"), h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Document"), h("th", { scope: "col" }, "SHA-256"))), h("tbody", {}, ...hashes)),
    h("p", {}, `iamgate ${version.version}, catalogue of ${version.catalogue}: ${number(preview.catalogue.actions)} actions of ${number(preview.catalogue.services)} services.`),
  );
}
