// The worker: asks the engine, and reports the time.
import { load, type Iamgate, type Verb } from "iamgate";

type Message =
  | { id: number; kind: "start"; wasm?: ArrayBuffer; details?: string }
  | { id: number; kind: "details" }
  | { id: number; kind: "version" }
  | { id: number; kind: "ask"; verb: Verb; question: string; files: string };

let iamgate: Iamgate;

async function reply(message: Message): Promise<string> {
  switch (message.kind) {
    case "start":
      iamgate = await load(message.wasm ? { wasm: message.wasm, details: message.details } : {});
      return "";
    case "details":
      await iamgate.loadDetails();
      return "";
    case "version":
      return JSON.stringify(iamgate.version);
    case "ask":
      return iamgate.askText(message.verb, message.question, message.files);
  }
}

self.addEventListener("message", async ({ data }: MessageEvent<Message>) => {
  const began = performance.now();
  try {
    const text = await reply(data);
    self.postMessage({ id: data.id, text, took: performance.now() - began });
  } catch (error) {
    self.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) });
  }
});
