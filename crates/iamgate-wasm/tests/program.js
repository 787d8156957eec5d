// Runs the native program, for comparison.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const root = new URL("../../../", import.meta.url).pathname;
const program = process.env.IAMGATE ?? join(root, "target/debug/iamgate");

/** The output of the program for these arguments, in a folder with these files. */
export function run(args, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), "iamgate-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    try {
      return execFileSync(program, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      // An exit code other than 0 is also an answer.
      if (typeof error.status === "number" && error.status !== 70) return error.stdout;
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The JSON files of a folder of this project as texts by path. */
export function texts(folder, under) {
  const found = {};
  const walk = (path, name) => {
    for (const own of readdirSync(path).sort()) {
      if (statSync(join(path, own)).isDirectory()) walk(join(path, own), `${name}/${own}`);
      else if (own.endsWith(".json")) found[`${name}/${own}`] = readFileSync(join(path, own), "utf8");
    }
  };
  walk(join(root, folder), under);
  return found;
}
