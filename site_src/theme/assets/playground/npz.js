// Reads NumPy's .npz, the form in which the pipeline publishes results: a zip of arrays, each with its shape, its
// type and a checksum. A damaged file is an error that a person can read.

import { fetched } from "../fetched.js";

const TYPES = {
  "|u1": Uint8Array,
  "|b1": Uint8Array,
  "<i2": Int16Array,
  "<i4": Int32Array,
  "<i8": BigInt64Array,
  "<f4": Float32Array,
  "<f8": Float64Array,
};

const MOST = 1 << 25; // bytes of all arrays together, twelve times those of the largest file

/** Fetch and read a published result: `{name: {shape, data}}`; half precision becomes single. */
export const results = (address) => fetched(address, read);

/** The arrays of a .npz. */
export async function read(buffer) {
  try {
    return await arrays(buffer);
  } catch (error) {
    throw error.constructor === Error ? error : new Error("its parts do not fit together");
  }
}

async function arrays(buffer) {
  const view = new DataView(buffer);
  let end = buffer.byteLength - 22; // where the zip's directory is announced
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("it ends too early");
  const found = {};
  let left = MOST;
  let at = view.getUint32(end + 16, true);
  for (let entry = view.getUint16(end + 10, true); entry > 0; entry--) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error("its directory is broken");
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(new Uint8Array(buffer, at + 46, length));
    left -= view.getUint32(at + 24, true);
    if (left < 0) throw new Error("it is too large");
    found[name.replace(/\.npy$/, "")] = array(await content(buffer, view, at));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}

async function content(buffer, view, at) {
  const start = view.getUint32(at + 42, true);
  const skipped = 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  const packed = new Uint8Array(buffer, start + skipped, view.getUint32(at + 20, true));
  const size = view.getUint32(at + 24, true);
  const bytes = view.getUint16(at + 10, true) === 8 ? await unpacked(packed, size) : packed;
  if (bytes.length !== size) throw new Error("an array is not as long as announced");
  if (checksum(bytes) !== view.getUint32(at + 16, true)) throw new Error("a checksum does not agree");
  return bytes;
}

/** At most `size` bytes: to write more than was announced is a RangeError, before memory runs out. */
async function unpacked(packed, size) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(size);
  let filled = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, filled);
    bytes.set(value, filled);
    filled += value.length;
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

function checksum(bytes) {
  let sum = -1;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
}

/** One .npy: a header in Python's notation, then the numbers. */
function array(bytes) {
  const start = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const type = /'descr': '([^']+)'/.exec(header)[1];
  const shape = (/'shape': \(([^)]*)\)/.exec(header)[1].match(/\d+/g) ?? []).map(Number);
  if (header.includes("'fortran_order': True")) throw new Error("an array is stored column by column");
  const raw = bytes.slice(start).buffer;
  const size = (type[1] === "U" ? 4 : 1) * type.slice(2); // of a number; that of a string is in letters
  if (raw.byteLength !== shape.reduce((product, side) => product * side, size)) {
    throw new Error("an array's shape does not fit its numbers");
  }
  return { shape, data: numbers(type, raw) };
}

function numbers(type, raw) {
  if (type === "<f2") return Float32Array.from(new Uint16Array(raw), half);
  if (type.startsWith("<U")) return words(Number(type.slice(2)), new Uint32Array(raw));
  if (!(type in TYPES)) throw new Error(`numbers of type ${type} are not known here`);
  return new TYPES[type](raw);
}

/** Strings of a fixed length, four bytes a letter, filled up with zeros. */
function words(length, codes) {
  return Array.from({ length: codes.length / length }, (_, word) =>
    String.fromCodePoint(...codes.slice(word * length, (word + 1) * length).filter((code) => code)),
  );
}

/** A number in half precision, from its bits. */
function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}
