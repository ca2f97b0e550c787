// Trains models side by side on one clock. A message says everything that is wanted, so that it does not matter who
// answers, a worker or the page.

import { gaussian, uniform } from "../random.js";

export const rowsOf = (count, length) => Array.from({ length: count }, () => new Float32Array(length));

/** The places of a square grid over a plane, row by row from above. */
export function grid(side, reach) {
  const at = (i) => ((2 * i + 1) / side - 1) * reach;
  return [0, 1].map((axis) => Float32Array.from({ length: side * side }, (_, i) => (axis ? -at(Math.floor(i / side)) : at(i % side))));
}

/**
 * Who extends it says how to `begin(message)`, to take a `step(message)`, which gives the losses by family, and what
 * there is to `look(message)` at.
 */
export class Trainer {
  constructor(kind) {
    this.kind = kind;
    this.run = null;
  }

  /** Whether there is anything to learn. */
  ready() {
    return true;
  }

  /** Rows of draws of N(0, 1). */
  fresh(rows) {
    for (const row of rows) for (let i = 0; i < row.length; i++) row[i] = this.noise();
    return rows;
  }

  /**
   * Do as a message says: `{run, settings, steps, time, wants, ...}`. At most so many steps, for at most so many
   * milliseconds; a new run begins anew; the first family whose loss is no number any more stops the clock. The answer
   * has what is to be drawn.
   */
  answer(message) {
    const { run, settings, steps, time } = message;
    if (run !== this.run) {
      this.draw = uniform(settings.seed + 1);
      this.noise = gaussian(this.draw);
      this.begin(message);
      Object.assign(this, { run, steps: 0, diverged: null });
    }
    const end = performance.now() + time;
    for (let left = this.ready(message) ? steps : 0; left > 0 && !this.diverged && performance.now() < end; left--) {
      const losses = this.step(message);
      this.steps++;
      this.diverged = Object.keys(losses).find((name) => !Number.isFinite(losses[name])) ?? null;
    }
    return { run, steps: this.steps, diverged: this.diverged, ...this.look(message) };
  }
}
