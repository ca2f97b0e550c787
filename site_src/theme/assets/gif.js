// Reads GIFs frame by frame, because not every browser can show a single frame of one: what is in the file, and the
// picture that the frames up to any one of them make together.

const PASSES = [[0, 8], [4, 8], [2, 4], [1, 2]]; // an interlaced frame's rows: the first of a pass, and every how many
const CLEARED = 2; // disposals: what is left of a frame when the next one comes is nothing, or what was there before
const RESTORED = 3;
const CODES = 4096;
const MOST = 1 << 25; // pixels of the screen and all frames together: a damaged file may ask for any number

/** `{width, height, frames}`; each frame with its place, indices into its palette, and delay in milliseconds. */
export function read(buffer) {
  const file = reader(new Uint8Array(buffer));
  if (!/^GIF8[79]a$/.test(String.fromCharCode(...file.take(6)))) throw new Error("it is not a GIF");
  const [width, height, flags] = [file.short(), file.short(), file.byte()];
  file.room(width * height);
  file.take(2); // background and shape of the pixels, which no browser heeds
  const colours = palette(file, flags);
  const frames = [];
  let control = [0, 0, 0, 0];
  for (let kind = file.byte(); kind !== 0x3b; kind = file.byte()) {
    if (kind === 0x2c) {
      frames.push({ ...controlled(control), ...picture(file, colours) });
      control = [0, 0, 0, 0];
    } else if (kind === 0x21) {
      const label = file.byte();
      const block = file.blocks();
      if (label === 0xf9) control = block;
    } else throw new Error("a block of it is of no known kind");
  }
  if (!frames.length) throw new Error("it is empty");
  return { width, height, frames };
}

/** A function from a frame's index to the picture on show at that time: always the same ImageData, painted anew. */
export function painter({ width, height, frames }) {
  const image = new ImageData(width, height);
  const screen = new Uint32Array(image.data.buffer);
  let at = -1; // the frame on the screen
  let before; // what was there before it
  const dispose = (frame) => {
    if (frame.disposal === RESTORED) screen.set(before);
    if (frame.disposal === CLEARED) each(frame, width, (to) => (screen[to] = 0));
  };
  const add = (frame) => {
    if (frame.disposal === RESTORED) before = screen.slice();
    const { pixels, colours, transparent } = frame;
    each(frame, width, (to, from) => {
      if (pixels[from] !== transparent) screen[to] = colours[pixels[from]];
    });
  };
  return (index) => {
    if (index < at) at = -1; // frames build on one another, so the way back is from the start
    for (; at < index; at++) {
      if (at < 0) screen.fill(0);
      else dispose(frames[at]);
      add(frames[at + 1]);
    }
    return image;
  };
}

/** Call `visit` with where each pixel of a frame is on the screen, and in the frame. */
function each(frame, across, visit) {
  for (let row = 0; row < frame.height; row++) {
    const from = row * frame.width;
    const to = (frame.top + row) * across + frame.left;
    for (let column = 0; column < frame.width; column++) visit(to + column, from + column);
  }
}

function reader(bytes) {
  let at = 0;
  let left = MOST;
  const take = (count) => {
    if (at + count > bytes.length) throw new Error("it ends too early");
    return bytes.subarray(at, (at += count));
  };
  const byte = () => take(1)[0];
  const short = () => byte() + 256 * byte();
  const blocks = () => {
    const data = [];
    for (let size = byte(); size > 0; size = byte()) data.push(...take(size));
    return data;
  };
  const room = (pixels) => {
    if ((left -= pixels) < 0) throw new Error("it is too large");
  };
  return { take, byte, short, blocks, room };
}

/** The colours, each as the four bytes of a pixel; nothing if the flags announce none. */
function palette(file, flags) {
  if (!(flags & 0x80)) return null;
  const count = 2 << (flags & 7);
  const triples = file.take(3 * count);
  const pixels = new Uint8Array(4 * count).map((_, i) => (i % 4 < 3 ? triples[3 * (i >> 2) + (i % 4)] : 255));
  return new Uint32Array(pixels.buffer);
}

function controlled([flags, low, high, transparent]) {
  const hundredths = low + 256 * high;
  return {
    disposal: (flags >> 2) & 7,
    delay: hundredths < 2 ? 100 : 10 * hundredths, // as browsers have it
    transparent: flags & 1 ? transparent : -1,
  };
}

function picture(file, shared) {
  const [left, top, width, height, flags] = [file.short(), file.short(), file.short(), file.short(), file.byte()];
  const colours = palette(file, flags) ?? shared;
  const minimum = file.byte();
  file.room(width * height);
  if (!colours || minimum < 1 || minimum > 8) throw new Error("a frame of it is broken");
  const pixels = unpacked(file.blocks(), minimum, width * height);
  return { left, top, width, height, colours, pixels: flags & 0x40 ? sorted(pixels, width, height) : pixels };
}

/** An interlaced frame's rows from top to bottom. */
function sorted(pixels, width, height) {
  const rows = new Uint8Array(pixels.length);
  let from = 0;
  for (const [first, distance] of PASSES) {
    for (let row = first; row < height; row += distance, from += width) {
      rows.set(pixels.subarray(from, from + width), row * width);
    }
  }
  return rows;
}

/**
 * LZW. A code that is no colour stands for pixels written before: those of some earlier code and the one after them.
 * So it is enough to remember where they begin and how many they are.
 */
function unpacked(data, minimum, count) {
  const pixels = new Uint8Array(count);
  const clear = 1 << minimum; // the code after it marks the end
  const starts = new Uint32Array(CODES);
  const lengths = new Uint16Array(CODES).fill(1, 0, clear);
  let [next, size] = [clear + 2, minimum + 1]; // the first code without a meaning, and the bits of a code
  let [written, previous] = [0, 0]; // pixels so far, and how many of them the last code gave
  let [bits, held] = [0, 0];
  for (const byte of data) {
    bits |= byte << held;
    for (held += 8; held >= size && written < count; ) {
      const code = bits & ((1 << size) - 1);
      bits >>>= size;
      held -= size;
      if (code === clear) {
        [next, size, previous] = [clear + 2, minimum + 1, 0];
        continue;
      }
      if (previous && next < CODES) {
        starts[next] = written - previous;
        lengths[next++] = previous + 1;
        if (next === 1 << size && size < 12) size++;
      }
      const length = lengths[code];
      if (code >= next || written + length > count) throw new Error("a frame of it is broken");
      if (code < clear) pixels[written] = code;
      else for (let i = 0; i < length; i++) pixels[written + i] = pixels[starts[code] + i];
      written += length;
      previous = length;
    }
  }
  if (written < count) throw new Error("a frame of it is broken");
  return pixels;
}
