// Starts the worker of the single-file page. Nothing is fetched.
import InlineWorker from "./worker?worker&inline";
import { details, wasm } from "virtual:carried";

async function inflate(base64: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
}

async function carry(): Promise<object> {
  const text = new TextDecoder().decode(await inflate(details));
  return { kind: "start", wasm: await inflate(wasm), details: text };
}

export function start(): { worker: Worker; message: Promise<object> } {
  return { worker: new InlineWorker(), message: carry() };
}
