// Searches beside the page, or in it where no worker can be started.

import { Network } from "./network.js";
import { breather, search } from "./search.js";

/**
 * The code of an image in the network made of `arrays`, starting from `known` ones: a promise, which an aborted
 * `signal` leaves unresolved. `tell` hears the share that is done.
 */
export function searched({ arrays, image, known, tell, signal }) {
  return new Promise((resolve, reject) => {
    const here = () => search(new Network(arrays), image, known, breather(() => signal.aborted), tell).then(resolve, reject);
    let worker = null;
    const end = () => worker?.terminate();
    try {
      worker = new Worker(new URL("search-worker.js", import.meta.url), { type: "module" });
    } catch {
      here();
      return;
    }
    signal.addEventListener("abort", end);
    worker.onmessage = ({ data }) => {
      if (data.code) end();
      if (data.code) resolve(data.code);
      else tell(data.share);
    };
    worker.onerror = worker.onmessageerror = (event) => {
      event.preventDefault?.();
      end();
      if (!signal.aborted) here();
    };
    worker.postMessage({ arrays, image, known });
  });
}
