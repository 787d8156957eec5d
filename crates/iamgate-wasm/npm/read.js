// Reads files next to this module with fetch: browsers, workers, bundlers, Deno.

/** @param {URL} url */
export async function read(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
