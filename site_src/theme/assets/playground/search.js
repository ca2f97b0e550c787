// Finds the code whose decode is nearest to an image, for models that have no encoder here: least squares by Levenberg
// and Marquardt, the same for every model. From one start the GAN often gets stuck, so a few race for the first half.

import { solved } from "./fit.js";

const STARTS = 4;
const TURNS = 12;
const TRIES = 5; // of a step, each more careful than the one before
const NUDGE = 0.02; // the step of the finite differences, in units of the known codes' size
const PULL = 0.1; // towards zero, in the same units: else codes run off to where no image has ever been
const PORTION = 12; // milliseconds of work in a frame

/** Await the result between pieces of work, and the page stays live; work that is `stale` is never resumed. */
export function breather(stale) {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > PORTION) {
      await new Promise(requestAnimationFrame);
      since = performance.now();
    }
    if (stale()) await new Promise(() => {});
  };
}

/** The code of an image, starting from the nearest of the `known` ones {data, shape}; `tell` hears the share done. */
export async function search(network, image, known, pause, tell = () => {}) {
  const [count, size] = known.shape;
  const unit = Math.sqrt(dot(known.data, known.data) / known.data.length);
  const step = NUDGE * unit;
  const pull = PULL / unit ** 2;

  const look = (code, care) => {
    const pixels = network.run(code);
    const missing = pixels.map((value, i) => image[i] - value);
    return { code, pixels, missing, care, error: dot(missing, missing) + pull * dot(code, code) };
  };

  async function better(last) {
    const slopes = [];
    for (let k = 0; k < size; k++) {
      const pixels = network.run(last.code.map((value, i) => value + (i === k ? step : 0)));
      slopes.push(pixels.map((value, i) => (value - last.pixels[i]) / step));
      await pause();
    }
    const square = slopes.map((a, k) => slopes.map((b, i) => dot(a, b) + (i === k ? pull : 0)));
    const usual = square.reduce((sum, row, k) => sum + row[k], 0) / size;
    const down = slopes.map((slope, k) => dot(slope, last.missing) - pull * last.code[k]);
    for (let tries = 0; tries < TRIES; tries++) {
      const cautious = square.map((row, k) => row.map((value, i) => value + (i === k ? last.care * usual : 0)));
      const move = solved(cautious.map((row, k) => [...row, down[k]]));
      const next = look(
        last.code.map((value, k) => value + move[k]),
        0.3 * last.care,
      );
      await pause();
      if (next.error < last.error) return next;
      last.care *= 4;
    }
    return last;
  }

  let found = [];
  for (let i = 0; i < count; i++) {
    found.push(look(known.data.slice(i * size, (i + 1) * size), 0.3));
    await pause();
  }
  for (let turn = 0; turn < TURNS; turn++) {
    found = found.sort((a, b) => a.error - b.error).slice(0, turn < TURNS / 2 ? STARTS : 1);
    for (const [i, last] of found.entries()) found[i] = await better(last);
    tell((turn + 1) / TURNS);
  }
  return found[0].code;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
