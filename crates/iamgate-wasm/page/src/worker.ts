// The worker: asks the engine, and reports the time. It also reports what it asks of the network, which is nothing unless something is wrong.
import { load, type Iamgate, type Verb } from "iamgate";
import { watched } from "./network";

type Message =
  | { id: number; kind: "start"; module: WebAssembly.Module }
  | { id: number; kind: "details"; text: string }
  | { id: number; kind: "version" }
  | { id: number; kind: "ask"; verb: Verb; question: string; files: string };

let iamgate: Iamgate;

async function reply(message: Message): Promise<string> {
  switch (message.kind) {
    case "start":
      iamgate = await load({ wasm: message.module });
      return "";
    case "details":
      iamgate.useDetails(message.text);
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
watched((network) => self.postMessage({ network }));
