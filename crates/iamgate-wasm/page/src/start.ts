// Starts the worker from its own file. The module is a file next to it.
export function start(): { worker: Worker; message: Promise<object> } {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return { worker, message: Promise.resolve({ kind: "start" }) };
}
