// Starts the worker where everything is in one file: nothing is fetched, from anywhere.
import InlineWorker from "./worker?worker&inline";
import { details, wasm } from "virtual:carried";

async function inflate(base64: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
}

export async function start(): Promise<{ worker: Worker; message: object }> {
  const worker = new InlineWorker();
  const text = new TextDecoder().decode(await inflate(details));
  return { worker, message: { kind: "start", wasm: await inflate(wasm), details: text } };
}
