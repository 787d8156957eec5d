// Starts the worker from its own file; the module comes from beside it.
export function start(): { worker: Worker; message: Promise<object> } {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return { worker, message: Promise.resolve({ kind: "start" }) };
}
