// Starts the worker and brings it everything that it needs. The worker is started from a blob, because such a worker inherits the policy of the
// page. A worker that is loaded from a server does not. Module and details are scripts of the page, so nothing needs to connect to anything.
import InlineWorker from "./worker?worker&inline";

/** The bytes of a deflated text in base64. */
function inflated(base64: string): ReadableStream<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
}

export const worker = (): Worker => new InlineWorker();

export async function module(): Promise<WebAssembly.Module> {
  const { default: base64 } = await import("virtual:module");
  return WebAssembly.compileStreaming(new Response(inflated(base64), { headers: { "content-type": "application/wasm" } }));
}

export async function details(): Promise<string> {
  const { default: base64 } = await import("virtual:details");
  return new Response(inflated(base64)).text();
}
