// Drawings: prepared as MNIST's digits were, packed into a link, shared between the views.

const SIDE = 28;
const BOX = 20; // what a digit is scaled to fit
const LEVELS = 15; // of ink, so that a pixel is one sign of a link and the link shows just the same
const SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The last drawing, 784 intensities or null; `drawings` tells of a new one by the event "change". */
export let drawn = null;
export const drawings = new EventTarget();

export function keep(pixels) {
  drawn = pixels;
  drawings.dispatchEvent(new Event("change"));
}

/** A square ImageData whose opacity is ink, scaled to fit 20 x 20 and centred by its mass. */
export function prepared({ data, width }) {
  const ink = (x, y) => data[4 * (y * width + x) + 3] / 255;
  let [mass, across, down] = [0, 0, 0];
  let [left, top, right, bottom] = [width, width, 0, 0];
  for (let y = 0; y < width; y++)
    for (let x = 0; x < width; x++) {
      const here = ink(x, y);
      if (!here) continue; // as nearly everywhere
      mass += here;
      across += here * (x + 0.5);
      down += here * (y + 0.5);
      if (here < 0.5) continue; // the edge of a line
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }

  // Each small pixel's ink goes to the one or two large pixels that it overlaps, each way.
  const scale = BOX / Math.max(BOX, right - left, bottom - top);
  const overlaps = (at, centre) => {
    const low = SIDE / 2 + (at - centre / mass) * scale;
    const cell = Math.floor(low);
    const share = Math.min(1, (cell + 1 - low) / scale);
    return [
      [cell, share],
      [cell + 1, 1 - share],
    ].filter(([place]) => place >= 0 && place < SIDE);
  };
  const columns = Array.from({ length: width }, (_, x) => overlaps(x, across));
  const pixels = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < width; y++)
    for (const [row, high] of overlaps(y, down))
      for (let x = 0; x < width; x++) {
        const here = ink(x, y) * high * scale ** 2;
        if (here) for (const [column, wide] of columns[x]) pixels[row * SIDE + column] += here * wide;
      }
  return pixels.map((value) => Math.round(LEVELS * Math.min(1, value)) / LEVELS);
}

/** A pixel is a hexadecimal sign; a sign from g on says how often the one before it comes, two times or more. */
export function pack(pixels) {
  const signs = Array.from(pixels, (value) => SIGNS[Math.round(LEVELS * value)]).join("");
  return signs.replace(/(.)\1{1,46}/g, (run, sign) => sign + SIGNS[14 + run.length]);
}

/** The pixels that were packed; null if the text is something else. */
export function unpack(text) {
  const signs = text.replace(/([0-9a-f])([g-zA-Z])/g, (_, sign, run) => sign.repeat(SIGNS.indexOf(run) - 14));
  return /^[0-9a-f]{784}$/.test(signs) ? Float32Array.from(signs, (sign) => SIGNS.indexOf(sign) / LEVELS) : null;
}

/** One of the test digits of playground/digits. */
export function testDigit({ images }, index) {
  return Float32Array.from(images.data.subarray(index * SIDE ** 2, (index + 1) * SIDE ** 2), (value) => value / 255);
}

/** The image that a word of an address stands for: "t12" a test digit, "d…" a drawing; null if it is something else. */
export function meant(text, digits) {
  const drawing = text[0] === "d" && unpack(text.slice(1));
  if (drawing) return { text, pixels: drawing, name: "your drawing" };
  if (!/^t[0-4]?\d$/.test(text)) return null;
  const index = Number(text.slice(1));
  return { text, index, pixels: testDigit(digits, index), name: `test digit ${digits.labels.data[index]}` };
}

/** The test digit after one that was meant, or the first; by seven, so that the digit changes each time. */
export const after = ({ index } = {}, digits) => `t${((index ?? 13) + 7) % digits.labels.data.length}`;
