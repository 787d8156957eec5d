// What a page or a worker asks of the network, as the browser reports it.

/** Requests that were made, and requests that the Content-Security-Policy stopped. */
export interface Network {
  made: number;
  stopped: number;
}

/** Reports each change, from now on. Scripts and data that are in the page itself (`blob:`, `data:`) are no requests. */
export function watched(tell: (network: Network) => void): void {
  const network: Network = { made: 0, stopped: 0 };
  const count = (what: keyof Network, by: number): void => {
    if (by === 0) return;
    network[what] += by;
    tell({ ...network });
  };
  const outside = ({ name }: PerformanceEntry): boolean => !/^(blob|data):/.test(name);
  new PerformanceObserver((entries) => count("made", entries.getEntries().filter(outside).length)).observe({ type: "resource" });
  self.addEventListener("securitypolicyviolation", () => count("stopped", 1));
}
