// Writes the types of questions and answers from their schemas: node scripts/types.js [--check]
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const npm = new URL("../npm/", import.meta.url);
const options = { additionalProperties: false, bannerComment: "", unknownAny: true, format: true };
let text = "// Written from schemas/ by scripts/types.js.\n\n";
for (const [name, file] of [["Questions", "questions"], ["Answers", "answers"]]) {
  const schema = JSON.parse(await readFile(new URL(`schemas/${file}.json`, npm), "utf8"));
  text += await compile(schema, name, options);
}
const path = new URL("types.d.ts", npm);
if (process.argv.includes("--check")) {
  const found = await readFile(path, "utf8").catch(() => "");
  if (found !== text) {
    console.error("npm/types.d.ts is not what scripts/types.js writes");
    process.exit(1);
  }
} else {
  await writeFile(path, text);
}
