// Chance that can be repeated: the same seed gives the same draws, so that a link shows the same thing.

/** A function that draws from U(0, 1): the generator "mulberry32" by Tommy Ettinger. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A function that draws from N(0, 1) with one that draws from U(0, 1), by Box and Muller's transform. */
export const gaussian = (draw) => () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

/** `count` draws of N(0, 1). */
export const normal = (seed, count) => Float32Array.from({ length: count }, gaussian(uniform(seed)));

export const anySeed = () => Math.floor(Math.random() * 2 ** 31);
