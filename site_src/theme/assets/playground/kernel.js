// The one hot loop, as WebAssembly that is assembled here: no compiler to install, no binary to trust.
//
// A convolution is a matrix product whose right-hand side need not be built: in a padded plane that is stored row
// by row, tap (channel, ky, kx) of all output pixels is the plane itself, read from another offset. So
//
//   out[m][p] = max(floor, bias[m] + sum over k of weight[m][k] * input[offset[k] + p])
//
// for 4 rows m and 12 places p at a time, which fills the sixteen vector registers of common processors.

const PAGE = 65536;
export const ROWS = 4;
export const PLACES = 12;

const V128 = 0x7b;
const I32 = 0x7f;
const F32 = 0x7d;

/** Unsigned LEB128. */
function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value);
  return bytes;
}

const section = (id, ...parts) => {
  const body = parts.flat(Infinity);
  return [id, ...leb(body.length), ...body];
};
const name = (text) => [...leb(text.length), ...[...text].map((letter) => letter.charCodeAt(0))];

// Instructions; what a name does is in the WebAssembly specification under the same words.
const get = (local) => [0x20, ...leb(local)];
const set = (local) => [0x21, ...leb(local)];
const int = (value) => {
  if (value > 63) throw new RangeError("only small constants are encoded");
  return [0x41, value];
};
const add = [0x6a];
const multiply = [0x6c];
const subtract = [0x6b];
const vector = (code, ...rest) => [0xfd, ...leb(code), ...rest.flat()];
const loadVector = (offset) => vector(0x00, 2, leb(offset));
const loadSplat = (offset) => vector(0x09, 2, leb(offset));
const storeVector = (offset) => vector(0x0b, 2, leb(offset));
const loadInt = [0x28, 2, 0];
const vmul = vector(0xe6);
const vadd = vector(0xe4);
const vmax = vector(0xe9);
const vsplat = vector(0x13);
const increase = (local, amount) => [get(local), amount, add, set(local)];

/** do { body } while (--counter) */
const repeat = (counter, body) => [
  [0x03, 0x40], // loop
  body,
  [get(counter), int(1), subtract, 0x22, ...leb(counter)], // local.tee
  [0x0d, 0], // br_if 0
  [0x0b], // end
];

/** The bytes of a module with one function, `multiply`, for a memory that it is given. */
function assemble() {
  let next = 0;
  const local = () => next++;
  const [input, output, weight, bias, offset, depth, blocks, rows, stride, floor] = Array.from({ length: 10 }, local);
  const [k, n, from, to, w, o, place] = Array.from({ length: 7 }, local);
  const values = Array.from({ length: 3 }, local);
  const [factor, least] = [local(), local()];
  const sums = Array.from({ length: ROWS }, () => Array.from({ length: 3 }, local));

  const product = (sum, value) => [get(factor), get(value), vmul, get(sum), vadd, set(sum)];
  const tap = [
    [get(o), loadInt, get(from), add, set(place)],
    values.map((value, at) => [get(place), loadVector(16 * at), set(value)]),
    sums.map((row, m) => [
      [get(w), loadSplat(4 * m), set(factor)],
      row.map((sum, at) => product(sum, values[at])),
    ]),
    increase(w, int(4 * ROWS)),
    increase(o, int(4)),
  ];
  const places = [
    sums.map((row, m) => row.map((sum) => [get(bias), loadSplat(4 * m), set(sum)])),
    [get(weight), set(w), get(offset), set(o), get(depth), set(k)],
    repeat(k, tap),
    sums.map((row, m) => [
      [get(to), int(m), get(stride), multiply, add, set(o)],
      row.map((sum, at) => [get(o), get(sum), get(least), vmax, storeVector(16 * at)]),
    ]),
    increase(from, int(4 * PLACES)),
    increase(to, int(4 * PLACES)),
  ];
  const block = [
    [get(input), set(from), get(output), set(to), get(blocks), set(n)],
    repeat(n, places),
    increase(weight, [get(depth), int(4 * ROWS), multiply]),
    increase(bias, int(4 * ROWS)),
    increase(output, [get(stride), int(ROWS), multiply]),
  ];
  const code = [get(floor), vsplat, set(least), repeat(rows, block)];
  const locals = [2, 7, I32, leb(next - 17), V128];
  const body = [locals, code, 0x0b].flat(Infinity);
  return new Uint8Array(
    [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, 1, 0x60, 10, Array(9).fill(I32), F32, 0),
      section(2, 1, name("js"), name("memory"), 2, 0, 0), // imported, so that one module serves every network
      section(3, 1, 0),
      section(7, 1, name("multiply"), 0, 0),
      section(10, 1, leb(body.length), body),
    ].flat(Infinity),
  );
}

/** The same loop in plain JavaScript, for browsers without vector instructions; addresses are in bytes too. */
function plain(memory) {
  const floats = new Float32Array(memory);
  const ints = new Int32Array(memory);
  return (input, output, weight, bias, offset, depth, blocks, rows, stride, floor) => {
    const count = blocks * PLACES;
    const sums = new Float32Array(count);
    for (let m = 0; m < rows * ROWS; m++) {
      sums.fill(floats[bias / 4 + m]);
      const start = weight / 4 + Math.floor(m / ROWS) * depth * ROWS + (m % ROWS);
      const from = (k) => (input + ints[offset / 4 + k]) / 4;
      let k = 0;
      for (; k + 3 < depth; k += 4) {
        const [a, b, c, d] = [from(k), from(k + 1), from(k + 2), from(k + 3)];
        const [first, second, third, fourth] = [0, 1, 2, 3].map((tap) => floats[start + (k + tap) * ROWS]);
        for (let p = 0; p < count; p++) {
          sums[p] += first * floats[a + p] + second * floats[b + p] + third * floats[c + p] + fourth * floats[d + p];
        }
      }
      for (; k < depth; k++) {
        const [factor, a] = [floats[start + k * ROWS], from(k)];
        for (let p = 0; p < count; p++) sums[p] += factor * floats[a + p];
      }
      const to = (output + m * stride) / 4;
      for (let p = 0; p < count; p++) floats[to + p] = Math.max(floor, sums[p]);
    }
  };
}

/** A module with zeroed memory of its own: `{memory, multiply}`. */
function instance(module, bytes) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { multiply } = new WebAssembly.Instance(module, { js: { memory } }).exports;
  return { memory: memory.buffer, multiply };
}

/** Compiled once; null without vector instructions, or where a policy refuses: some browsers say so only on use. */
const module = (() => {
  try {
    const compiled = new WebAssembly.Module(assemble());
    instance(compiled, PAGE);
    return compiled;
  } catch {
    return null;
  }
})();

/** The kinds of kernel this browser has, the fastest first. */
export const KINDS = module ? ["vector", "plain"] : ["plain"];

/** A kernel with `bytes` of zeroed memory of its own: `{memory, multiply}`. */
export function kernel(bytes, kind = KINDS[0]) {
  if (kind === "vector") return instance(module, bytes);
  const memory = new ArrayBuffer(Math.ceil(bytes / 4) * 4);
  return { memory, multiply: plain(memory) };
}
