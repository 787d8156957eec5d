// The engine in a worker, so that no question blocks the page.
import type { Answers, Files, Questions, Refused, Verb } from "iamgate";
import type { Network } from "./network";
import { details, module, worker } from "./start";

/** An answer or an error, and its time in milliseconds. */
export interface Told<V extends Verb> {
  answer?: Answers[V];
  refused?: Refused;
  text: string;
  took: number;
}

interface Waiting {
  done(told: { text: string; took: number }): void;
  fail(error: Error): void;
}

export class Engine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** For each verb, the question that waits for the worker. A newer question replaces it. */
  readonly #latest = new Map<string, number>();
  /** What the worker asked of the network. */
  #network: Network = { made: 0, stopped: 0 };
  #tell: (network: Network) => void = () => {};

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("error", (event) => this.#broken(event));
    worker.addEventListener("message", ({ data }) => {
      if (data.network) return this.#tell((this.#network = data.network));
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error !== undefined) waiting?.fail(new Error(data.error));
      else waiting?.done(data);
    });
  }

  /** Handles a broken worker: ends all waiting, because no answer can come. */
  #broken(event: ErrorEvent): void {
    const error = new Error(`the engine cannot run here: ${event.message || "its worker could not be started"}`);
    for (const waiting of this.#waiting.values()) waiting.fail(error);
    this.#waiting.clear();
  }

  static async start(): Promise<Engine> {
    const engine = new Engine(worker());
    await engine.#send({ kind: "start", module: await module() });
    return engine;
  }

  #send(message: object): Promise<{ text: string; took: number }> {
    const id = this.#next++;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.#worker.postMessage({ id, ...message });
    });
  }

  /** Loads the details of the catalogue, which proofs need. */
  async loadDetails(): Promise<void> {
    await this.#send({ kind: "details", text: await details() });
  }

  /** Reports what the worker asks of the network: now, and at each change. */
  watched(tell: (network: Network) => void): void {
    this.#tell = tell;
    tell(this.#network);
  }

  /** The version of the engine, and the date of its catalogue. */
  async version(): Promise<{ version: string; catalogue: string }> {
    return JSON.parse((await this.#send({ kind: "version" })).text);
  }

  async ask<V extends Verb>(verb: V, question: Questions[V], files: Files): Promise<Told<V>> {
    const { text, took } = await this.#send({ kind: "ask", verb, question: JSON.stringify(question), files: JSON.stringify(files) });
    const parsed = JSON.parse(text);
    const isRefused = Array.isArray(parsed.errors) && verb !== "check";
    return isRefused ? { refused: parsed, text, took } : { answer: parsed, text, took };
  }

  /** Asks a question while somebody types. `null` if a newer question replaced it. */
  async latest<V extends Verb>(verb: V, question: Questions[V], files: Files, of = verb as string): Promise<Told<V> | null> {
    const mine = (this.#latest.get(of) ?? 0) + 1;
    this.#latest.set(of, mine);
    // The worker gets one question at a time, so that it is not busy with answers that are no longer needed.
    await this.#busy.get(of);
    if (this.#latest.get(of) !== mine) return null;
    const asked = this.ask(verb, question, files);
    this.#busy.set(of, asked.then(() => undefined, () => undefined));
    const told = await asked;
    return this.#latest.get(of) === mine ? told : null;
  }

  readonly #busy = new Map<string, Promise<void>>();
}
