// A published network, ready to compute: `new Network(arrays).run(input)`. What its layers are is in the file
// (generate/results/folding.py writes it); how they are computed is here, with the hot loop in kernel.js.
//
// Images between layers are planes with a margin of one pixel on each side, so that no tap needs to ask where it is.

import { KINDS, PLACES, ROWS, kernel } from "./kernel.js";

const SIDE = 28;
const up = (value, to) => Math.ceil(value / to) * to;

/** Planes (channels, height, width) with a margin, and room behind for the last reads of the kernel. */
class Planes {
  constructor(channels, height, width) {
    Object.assign(this, { channels, height, width, row: width + 2 });
    this.size = up((height + 2) * this.row, 4);
    this.length = channels * this.size + 2 * this.row + 2 * PLACES;
    this.spread = (values, floats, start) => {
      for (let c = 0, from = 0; c < channels; c++)
        for (let y = 0; y < height; y++, from += width) {
          const to = start + this.at(c, y, 0);
          for (let x = 0; x < width; x++) floats[to + x] = values[from + x];
        }
    };
  }

  at(channel, y, x) {
    return channel * this.size + (y + 1) * this.row + x + 1;
  }
}

export class Network {
  /** Raises an error that says what is wrong if the arrays are no network that this page knows. */
  constructor(arrays, kind = KINDS[0]) {
    Object.assign(this, { kind, arrays });
    this.probes = { inputs: arrays.inputs, outputs: arrays.outputs };
    this.inputs = arrays.inputs.data.length / arrays.inputs.shape[0];
    this.plan = planned(arrays, this.inputs);
    const length = this.plan.reduce((sum, step) => sum + step.length, 0);
    this.kernel = kernel(4 * length, kind);
    this.floats = new Float32Array(this.kernel.memory);
    this.ints = new Int32Array(this.kernel.memory);
    let start = 0;
    this.steps = this.plan.map((step) => {
      const run = step.place(this, start);
      start += step.length;
      return run;
    });
  }

  /** One input as a list of numbers; what comes out is a fresh Float32Array. */
  run(input) {
    let value = input;
    for (const step of this.steps) value = step(value);
    return Float32Array.from(value);
  }

  /** The largest difference from what PyTorch had for the inputs that came with the network. */
  error() {
    const { inputs, outputs } = this.probes;
    let most = 0;
    for (let probe = 0; probe < inputs.shape[0]; probe++) {
      const found = this.run(inputs.data.subarray(probe * this.inputs, (probe + 1) * this.inputs));
      found.forEach((value, i) => {
        most = Math.max(most, Math.abs(value - outputs.data[probe * found.length + i]));
      });
    }
    return most;
  }
}

/** Each layer as `{length, place}`: the numbers it needs in memory, and a function that lays it out there. */
function planned(arrays, inputs) {
  let shape = inputs === SIDE * SIDE ? [1, SIDE, SIDE] : [inputs];
  return arrays.layers.data.map((line, index) => {
    const [kind, ...words] = line.split(" ");
    const weight = weighted(arrays, index);
    const bias = arrays[`bias_${index}`]?.data;
    const floor = words.includes("relu") ? 0 : -3e38;
    const made = LAYERS[kind]?.({ shape, weight, bias, floor, words });
    if (!made) throw new Error(`a layer '${line}' is not known here`);
    if (weight && made.expects !== weight.data.length) throw new Error(`layer ${index} has weights of another size`);
    shape = made.shape;
    return made;
  });
}

/** A layer's weights as numbers; the file has them as whole steps, and the size of a step. */
function weighted(arrays, index) {
  const steps = arrays[`weight_${index}`];
  const size = arrays[`step_${index}`]?.data[0];
  if (!steps) return undefined;
  const data = Float32Array.from(steps.data);
  for (let i = 0; i < data.length; i++) data[i] *= size;
  return { shape: steps.shape, data };
}

const still = (shape, run) => ({ shape, length: 0, place: () => run });

const LAYERS = {
  linear({ shape, weight, bias, floor }) {
    const [outputs, inputs] = weight.shape;
    const run = (input) => {
      const result = new Float32Array(outputs);
      for (let m = 0; m < outputs; m++) {
        let sum = bias[m];
        for (let k = 0; k < inputs; k++) sum += weight.data[m * inputs + k] * input[k];
        result[m] = Math.max(floor, sum);
      }
      return result;
    };
    return { ...still([outputs], run), expects: outputs * shape.reduce((a, b) => a * b) };
  },
  flatten: ({ shape }) => still([shape.reduce((a, b) => a * b)], (input) => input),
  unflatten: ({ words }) => still(words.map(Number), (input) => input),

  /** Squares of 2 x 2 pixels become channels. */
  unshuffle({ shape: [channels, height, width] }) {
    return still([4 * channels, height / 2, width / 2], (input) => {
      const result = new Float32Array(input.length);
      each([channels, height, width], (c, y, x, from) => {
        const to = c * 4 + (y % 2) * 2 + (x % 2);
        result[(to * (height >> 1) + (y >> 1)) * (width >> 1) + (x >> 1)] = input[from];
      });
      return result;
    });
  },

  /** The way back. */
  shuffle({ shape: [channels, height, width] }) {
    return still([channels / 4, 2 * height, 2 * width], (input) => {
      const result = new Float32Array(input.length);
      each([channels, height, width], (c, y, x, from) => {
        const [row, column] = [2 * y + ((c % 4) >> 1), 2 * x + (c % 2)];
        result[((c >> 2) * 2 * height + row) * 2 * width + column] = input[from];
      });
      return result;
    });
  },

  maxpool({ shape: [channels, height, width] }) {
    const [high, wide] = [height >> 1, width >> 1];
    return still([channels, high, wide], (input) => {
      const result = new Float32Array(channels * high * wide);
      each([channels, high, wide], (c, y, x, to) => {
        const from = (c * height + 2 * y) * width + 2 * x;
        result[to] = Math.max(input[from], input[from + 1], input[from + width], input[from + width + 1]);
      });
      return result;
    });
  },

  sigmoid: ({ shape }) => still(shape, (input) => input.map((value) => 1 / (1 + Math.exp(-value)))),
  softmax({ shape }) {
    return still(shape, (input) => {
      const top = Math.max(...input);
      const powers = input.map((value) => Math.exp(value - top));
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((value) => value / sum);
    });
  },

  /** 3 x 3, as many pixels out as in. */
  conv({ shape: [channels, height, width], weight, ...rest }) {
    const planes = new Planes(channels, height, width);
    const taps = [];
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < 3; y++) for (let x = 0; x < 3; x++) taps.push(c * planes.size + y * planes.row + x);
    const outputs = weight.shape[0];
    const at = (m, k) => weight.data[m * taps.length + k];
    const shape = [outputs, height, width];
    return convolution({ planes, outputs, shape, parts: [{ taps, at, read: unpadded(shape, planes.row) }], ...rest });
  },

  /** 4 x 4 with stride 2: half as many pixels each way. Every second pixel of every second row is a plane. */
  strided({ shape: [channels, height, width], weight, ...rest }) {
    const [outputs, high, wide] = [weight.shape[0], height / 2, width / 2];
    const planes = new Planes(4 * channels, high - 1, wide - 1);
    const spread = (input, floats, start) =>
      each([channels, height, width], (c, y, x, from) => {
        const plane = c * 4 + ((y + 1) % 2) * 2 + ((x + 1) % 2);
        floats[start + planes.at(plane, ((y + 1) >> 1) - 1, ((x + 1) >> 1) - 1)] = input[from];
      });
    const taps = [];
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 4; x++)
          taps.push((c * 4 + (y % 2) * 2 + (x % 2)) * planes.size + (y >> 1) * planes.row + (x >> 1));
    const at = (m, k) => weight.data[m * taps.length + k];
    const shape = [outputs, high, wide];
    const parts = [{ taps, at, read: unpadded(shape, planes.row) }];
    return convolution({ planes, outputs, shape, spread, parts, ...rest });
  },

  /** 4 x 4, transposed, with stride 2: twice as many pixels each way, as four convolutions of 2 x 2. */
  transposed({ shape: [channels, height, width], weight, ...rest }) {
    const planes = new Planes(channels, height, width);
    const outputs = weight.shape[1];
    const shape = [outputs, 2 * height, 2 * width];
    const reached = [
      [[1, 1], [3, 0]], // even rows: which row of the weights meets which row of the planes
      [[0, 2], [2, 1]],
    ];
    const parts = [0, 1, 2, 3].map((phase) => {
      const [odd, right] = [phase >> 1, phase & 1];
      const [taps, places] = [[], []];
      for (let c = 0; c < channels; c++)
        for (const [ky, y] of reached[odd])
          for (const [kx, x] of reached[right]) {
            taps.push(c * planes.size + y * planes.row + x);
            places.push(c * outputs * 16 + ky * 4 + kx);
          }
      const at = (m, k) => weight.data[places[k] + m * 16];
      const read = (result, { data, stride }) => {
        for (let m = 0; m < outputs; m++)
          for (let y = 0; y < height; y++) {
            const [to, from] = [(m * 2 * height + 2 * y + odd) * 2 * width + right, m * stride + y * planes.row];
            for (let x = 0; x < width; x++) result[to + 2 * x] = data[from + x];
          }
      };
      return { taps, at, read };
    });
    return convolution({ planes, outputs, shape, parts, ...rest });
  },
};

/** Lays planes, packed weights, biases, taps and a place for the output into memory. */
function convolution({ planes, outputs, shape, parts, bias, floor, spread = planes.spread }) {
  const rows = up(outputs, ROWS);
  const count = up((planes.height + 1) * planes.row, PLACES);
  const depth = parts[0].taps.length;
  const lengths = [up(planes.length + count, 4), rows * count, rows, ...parts.flatMap(() => [rows * depth, up(depth, 4)])];
  const place = ({ floats, ints, kernel }, start) => {
    const starts = lengths.map((_, i) => start + lengths.slice(0, i).reduce((a, b) => a + b, 0));
    const [input, output, biases] = starts;
    floats.set(bias, biases);
    const runs = parts.map(({ taps, at, read }, part) => {
      const [weights, offsets] = starts.slice(3 + 2 * part);
      for (let m = 0; m < outputs; m++)
        for (let k = 0; k < depth; k++)
          floats[weights + (Math.floor(m / ROWS) * depth + k) * ROWS + (m % ROWS)] = at(m, k);
      ints.set(taps.map((tap) => 4 * tap), offsets);
      const numbers = [input, output, weights, biases, offsets].map((place) => 4 * place);
      const sizes = [depth, count / PLACES, rows / ROWS, 4 * count];
      return { call: () => kernel.multiply(...numbers, ...sizes, floor), read };
    });
    const out = { data: floats.subarray(output), stride: count };
    const result = new Float32Array(shape.reduce((a, b) => a * b));
    return (values) => {
      spread(values, floats, input);
      for (const { call, read } of runs) {
        call();
        read(result, out);
      }
      return result;
    };
  };
  const expects = parts.length * outputs * depth;
  return { shape, length: lengths.reduce((a, b) => a + b), place, expects };
}

/** Copies planes out of the kernel's output, whose rows are longer by the margins. */
const unpadded = ([channels, height, width], row) => (result, { data, stride }) => {
  for (let m = 0, to = 0; m < channels; m++)
    for (let y = 0; y < height; y++, to += width) {
      const from = m * stride + y * row;
      for (let x = 0; x < width; x++) result[to + x] = data[from + x];
    }
};

/** Calls back with every place of an array of three dimensions and its index. */
function each([channels, height, width], visit) {
  for (let c = 0, i = 0; c < channels; c++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++, i++) visit(c, y, x, i);
}
