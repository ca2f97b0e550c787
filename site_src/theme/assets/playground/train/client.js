// Whoever trains: a worker, or the page itself where none can be started.

/**
 * `ask(message)` has a view's trainer answer it and `answered(answer)` called, one at a time. Where no worker starts,
 * or one breaks, `alone()` is called once, and the page answers, the message at hand included.
 */
export function client({ view, answered, alone, failed, signal }) {
  let worker = null;
  let pending = null;
  let own = null; // the page's trainer, a promise

  const done = (answer) => {
    pending = null;
    if (!signal.aborted) answered(answer);
  };

  async function inPage() {
    own ??= import("./trainers.js").then(({ trainer }) => trainer(view));
    try {
      const trainer = await own;
      setTimeout(() => {
        if (signal.aborted || !pending) return;
        try {
          done(trainer.answer({ ...pending, time: Math.min(pending.time, 8) })); // so that the page stays quick
        } catch (error) {
          failed(error);
        }
      });
    } catch (error) {
      failed(error);
    }
  }

  function giveUp(event) {
    event?.preventDefault?.();
    worker?.terminate();
    worker = null;
    if (signal.aborted) return;
    alone();
    if (pending) inPage();
  }

  let heard = false; // of the worker
  function hire() {
    try {
      worker = new Worker(new URL("worker.js", import.meta.url), { type: "module", name: view });
      worker.onmessage = ({ data }) => {
        heard = true;
        done(data);
      };
      worker.onerror = worker.onmessageerror = giveUp;
      if (pending) worker.postMessage(pending);
    } catch {
      giveUp();
    }
  }

  // Safari's engine never goes on with a worker that was still to be loaded when its page was left.
  function back({ persisted }) {
    if (!persisted || heard || !worker) return;
    worker.terminate();
    hire();
  }

  hire();
  addEventListener("pageshow", back, { signal });
  signal.addEventListener("abort", () => worker?.terminate());

  return {
    get busy() {
      return pending !== null;
    },
    ask(message) {
      pending = message;
      if (worker) worker.postMessage(message);
      else inPage();
    },
  };
}
