// A link with the inputs of the page in its fragment. Browsers do not send the fragment to a server.
import { copied, type State } from "./state";

const PREFIX = "#v1=";
/** Longer links break in chats and mail programs. */
export const LONG = 30_000;

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Blob([bytes]).stream().pipeThrough(stream as unknown as TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
  return new Uint8Array(await new Response(out).arrayBuffer());
}

/** Replaces account ids. The same id always gets the same replacement. */
export function masked(text: string, seen = new Map<string, string>()): string {
  return text.replace(/(?<![0-9])[0-9]{12}(?![0-9])/g, (id) => {
    if (!seen.has(id)) seen.set(id, String(seen.size + 1).padStart(3, "0").repeat(4));
    return seen.get(id)!;
  });
}

export async function link(state: State, mask: boolean): Promise<string> {
  const json = JSON.stringify(state);
  const bytes = await through(new TextEncoder().encode(mask ? masked(json) : json) as Uint8Array<ArrayBuffer>, new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const base64 = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${location.href.split("#")[0]}${PREFIX}${base64}`;
}

/** The maximum number of bytes to which a link may expand, so that a small link cannot fill the memory. */
const MOST = 30_000_000;

/** The state in a link. `null` if the link has no valid state. */
export async function carried(hash: string): Promise<State | null> {
  if (!hash.startsWith(PREFIX)) return null;
  const base64 = hash.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) as Uint8Array<ArrayBuffer>;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST) throw new Error("the link carries too much");
  }
  return read(JSON.parse(text));
}

/** The value as a state, if it is one. */
function read(value: unknown): State {
  const wrong = () => new Error("the link is damaged, or of another version");
  const texts = (files: unknown): Record<string, string> => {
    if (typeof files !== "object" || files === null || Array.isArray(files)) throw wrong();
    for (const text of Object.values(files)) if (typeof text !== "string") throw wrong();
    return copied(files as Record<string, string>);
  };
  if (typeof value !== "object" || value === null) throw wrong();
  const { role, profile, edited, tags, before } = value as Record<string, unknown>;
  if (typeof profile !== "string" || !/^[a-z0-9-]{1,64}$/.test(profile) || !(edited === null || typeof edited === "string") || !Array.isArray(tags)) throw wrong();
  const read = tags.map((tag) => {
    if (typeof tag?.key !== "string" || typeof tag.value !== "string" || !["unknown", "absent", "value"].includes(tag.state)) throw wrong();
    return { key: tag.key, state: tag.state, value: tag.value };
  });
  return { role: texts(role), profile, edited, tags: read, before: before === null ? null : texts(before) };
}
