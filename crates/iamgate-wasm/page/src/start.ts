// Starts the worker from its own file; the module comes from beside it.
export async function start(): Promise<{ worker: Worker; message: object }> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return { worker, message: { kind: "start" } };
}
