// Multilayer perceptrons with ReLU that learn. Forward pass, input gradient and weight gradient of a layer are the
// kernel's one product, each with another pair of its operands laid out anew; every buffer is made once.
//
// Values between layers are planes: a row for each unit, in it a place for each member of the batch.

import { KINDS, PLACES, ROWS, kernel } from "../kernel.js";

const up = (value, to) => Math.ceil(value / to) * to;
const FLOATS = 1 << 20; // of memory, twice what three models of points take
const DEEPEST = 512; // terms of a sum

/** The kernel's memory, handed out in pieces; places are counted in numbers. */
export class Memory {
  constructor(kind = KINDS[0], size = FLOATS) {
    this.kernel = kernel(4 * size, kind);
    this.floats = new Float32Array(this.kernel.memory);
    this.ints = new Int32Array(this.kernel.memory);
    this.next = 0;
    this.tables = new Map();
    this.zeros = this.take(DEEPEST);
  }

  take(length) {
    const start = this.next;
    this.next += up(length, 4);
    if (this.next + PLACES > this.floats.length) throw new RangeError("the networks are larger than their memory");
    return start;
  }

  /** Where a table begins that has the addresses of rows so many numbers apart. */
  table(width) {
    if (!this.tables.has(width)) {
      const start = this.take(DEEPEST);
      for (let k = 0; k < DEEPEST; k++) this.ints[start + k] = 4 * k * width;
      this.tables.set(width, start);
    }
    return this.tables.get(width);
  }

  /** to[m][p] = max(floor, bias[m] + sum over k of weights[m][k] * from[k][p]) for all p of the width. */
  product(from, to, weights, bias, depth, rows, width, floor) {
    const blocks = width / PLACES;
    const offsets = 4 * this.table(width);
    this.kernel.multiply(4 * from, 4 * to, 4 * weights, 4 * bias, offsets, depth, blocks, rows / ROWS, 4 * width, floor);
  }
}

/** A layer's sizes, and where in memory its weights are laid out for the kernel: as they are, and turned. */
function layer(memory, inputs, outputs, start) {
  const [rows, columns] = [up(outputs, ROWS), up(inputs + 1, PLACES)]; // the bias is one more column
  const size = rows * columns;
  const packed = memory.take(rows * inputs);
  const turned = memory.take(up(inputs, ROWS) * outputs);
  return { inputs, outputs, rows, columns, size, start, packed, turned, bias: memory.take(rows) };
}

export class Mlp {
  /** Initialised as PyTorch does by default, with `draw` from U(0, 1). */
  constructor(memory, sizes, draw) {
    this.memory = memory;
    let length = 0;
    this.layers = sizes.slice(1).map((outputs, i) => {
      const made = layer(memory, sizes[i], outputs, length);
      length += made.size;
      return made;
    });
    this.gradientAt = memory.take(length);
    this.gradient = memory.floats.subarray(this.gradientAt, this.gradientAt + length);
    [this.values, this.mean, this.square] = Array.from({ length: 3 }, () => new Float32Array(length));
    this.steps = 0;
    this.set((inputs) => (2 * draw() - 1) / Math.sqrt(inputs));
  }

  /** Give every weight and bias a value: `value(inputs, layer, row, column)`, the bias in the last column. */
  set(value) {
    this.layers.forEach(({ inputs, outputs, columns, start }, at) => {
      for (let m = 0; m < outputs; m++)
        for (let k = 0; k <= inputs; k++) this.values[start + m * columns + k] = value(inputs, at, m, k);
    });
    this.lay();
  }

  /** Lay the weights out as the kernel wants them. */
  lay() {
    const { floats } = this.memory;
    for (const { inputs, outputs, columns, start, packed, turned, bias } of this.layers) {
      for (let m = 0; m < outputs; m++) {
        const row = start + m * columns;
        const to = packed + (m >> 2) * ROWS * inputs + (m & 3);
        for (let k = 0; k < inputs; k++) {
          const value = this.values[row + k];
          floats[to + ROWS * k] = value;
          floats[turned + ((k >> 2) * outputs + m) * ROWS + (k & 3)] = value;
        }
        floats[bias + m] = this.values[row + inputs];
      }
    }
  }

  /** A step of Adam along the gradient. */
  adam(rate, beta1, beta2 = 0.99, epsilon = 1e-8) {
    const { gradient, values, mean, square } = this;
    this.steps++;
    const size = rate / (1 - beta1 ** this.steps);
    const scale = 1 / Math.sqrt(1 - beta2 ** this.steps);
    for (let i = 0; i < values.length; i++) {
      const slope = gradient[i];
      mean[i] = beta1 * mean[i] + (1 - beta1) * slope;
      square[i] = beta2 * square[i] + (1 - beta2) * slope * slope;
      values[i] -= (size * mean[i]) / (Math.sqrt(square[i]) * scale + epsilon);
    }
    this.lay();
  }
}

/** What a network computes for a batch: values `x` after each layer, slopes `d` there, and tangents `t` on request. */
export class Pass {
  constructor(net, batch, tangents = false) {
    const { memory, layers } = net;
    const width = up(batch, PLACES);
    const planes = () => [layers[0].inputs, ...layers.map(({ outputs }) => outputs)].map((units) => memory.take(up(units, ROWS) * width));
    Object.assign(this, { net, batch, width, x: planes(), d: planes(), t: tangents ? planes() : null });
    this.scale = new Float32Array(batch).fill(1); // of each member's slopes
    this.left = memory.take(batch * Math.max(...layers.map(({ rows }) => rows)));
    this.right = memory.take(batch * Math.max(...layers.map(({ columns }) => columns)));
  }

  get last() {
    return this.net.layers.length;
  }

  /** A row of some planes, as long as the batch. */
  row(planes, at, unit = 0) {
    const start = planes[at] + unit * this.width;
    return this.net.memory.floats.subarray(start, start + this.batch);
  }

  forward() {
    const { net, x, width, last } = this;
    net.layers.forEach(({ packed, bias, inputs, rows }, l) =>
      net.memory.product(x[l], x[l + 1], packed, bias, inputs, rows, width, l + 1 < last ? 0 : -Infinity),
    );
  }

  /** From slopes of what came out to those of each layer, and of what went in if that is asked for. */
  backward(toInputs) {
    const { net, d, width } = this;
    const { memory, layers } = net;
    for (let l = layers.length - 1; l >= (toInputs ? 0 : 1); l--) {
      const { turned, inputs, outputs } = layers[l];
      memory.product(d[l + 1], d[l], turned, memory.zeros, outputs, up(inputs, ROWS), width, -Infinity);
      if (l > 0) this.mask(d, l);
    }
  }

  /** How the layers' values change when what goes in changes by the first tangent: a forward pass without biases. */
  tangent() {
    const { net, t, width, last } = this;
    for (let l = 0; l + 1 < last; l++) {
      const { packed, inputs, rows } = net.layers[l];
      net.memory.product(t[l], t[l + 1], packed, net.memory.zeros, inputs, rows, width, -Infinity);
      this.mask(t, l + 1);
    }
  }

  /**
   * Nothing passes where the ReLU is at rest. What it let through has positive bits, whose negative fills a number
   * with ones when shifted: half of these branches would be mispredicted.
   */
  mask(planes, l) {
    const { ints } = this.net.memory;
    const [values, masked] = [this.x[l], planes[l]];
    const count = this.net.layers[l - 1].outputs * this.width;
    for (let i = 0; i < count; i++) ints[masked + i] &= -ints[values + i] >> 31;
  }

  /**
   * The weights' gradient: over the batch, the sum of d (scale x + t)^T, without t where there are no tangents. The
   * scale is for slopes `d` that belong to an output of slope 1.
   */
  gradient() {
    const { net, batch, left, right } = this;
    net.layers.forEach((layer, l) => {
      this.pack(layer, this.d[l + 1]);
      this.turn(layer, this.x[l], this.t?.[l]);
      net.memory.product(right, net.gradientAt + layer.start, left, net.memory.zeros, batch, layer.rows, layer.columns, -Infinity);
    });
  }

  /** Rows in fours, place by place. */
  pack({ rows }, from) {
    const { width, batch } = this;
    const { floats } = this.net.memory;
    let to = this.left;
    for (let row = 0; row < rows; row += ROWS) {
      const [a, b, c, d] = [0, 1, 2, 3].map((next) => from + (row + next) * width);
      for (let n = 0; n < batch; n++, to += ROWS) {
        floats[to] = floats[a + n];
        floats[to + 1] = floats[b + n];
        floats[to + 2] = floats[c + n];
        floats[to + 3] = floats[d + n];
      }
    }
  }

  /** A row for each member of the batch; the bias sees the scale. */
  turn({ inputs, columns }, values, tangents) {
    const { width, batch, scale, right } = this;
    const { floats } = this.net.memory;
    for (let n = 0; n < batch; n++) {
      const to = right + n * columns;
      const factor = scale[n];
      let from = n;
      if (tangents === undefined) for (let k = 0; k < inputs; k++, from += width) floats[to + k] = factor * floats[values + from];
      else for (let k = 0; k < inputs; k++, from += width) floats[to + k] = factor * floats[values + from] + floats[tangents + from];
      floats[to + inputs] = factor;
      for (let k = inputs + 1; k < columns; k++) floats[to + k] = 0;
    }
  }

  /** What the network makes of any number of inputs, in as many batches; both are lists of rows. */
  run(inputs) {
    const count = inputs[0].length;
    const outputs = Array.from({ length: this.net.layers.at(-1).outputs }, () => new Float32Array(count));
    for (let from = 0; from < count; from += this.batch) {
      const size = Math.min(this.batch, count - from);
      inputs.forEach((row, unit) => this.row(this.x, 0, unit).set(row.subarray(from, from + size)));
      this.forward();
      outputs.forEach((row, unit) => row.set(this.row(this.x, this.last, unit).subarray(0, size), from));
    }
    return outputs;
  }
}
