// Reads files next to this module, in Node.
import { readFile } from "node:fs/promises";

/** @param {URL} url */
export async function read(url) {
  if (url.protocol === "file:") return readFile(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
