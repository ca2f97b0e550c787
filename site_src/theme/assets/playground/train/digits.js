// Trains an AE and a VAE on small digits: the same batches, the same decoder to begin with.

import { normal, uniform } from "../random.js";
import { Memory } from "./mlp.js";
import { Autoencoder, BERNOULLI } from "./models.js";
import { Trainer, grid, rowsOf } from "./trainer.js";

export const SIDE = 14;
export const GRID = 9; // places whose decoding is drawn, each way
export const BATCH = 60; // a multiple of the kernel's twelve places
const LATENT = 2;
const FLOATS = 3 << 18; // of memory, for both models
const LEAST = 3; // what a plane shows at least, either way: three deviations of N(0, I)

export const SHAPE = { width: SIDE * SIDE, batch: BATCH, encoder: [64, 64], decoder: [64, 128], likelihood: BERNOULLI, step: 4e-3 };

/** The rows of pixels (levels) of what is published: each row there has two. */
export function unpacked({ shape: [pairs, count], data }) {
  return Array.from({ length: 2 * pairs }, (_, pixel) => {
    const [start, shift] = [(pixel >> 1) * count, pixel & 1 ? 0 : 4];
    return Uint8Array.from(data.subarray(start, start + count), (pair) => (pair >> shift) & 15);
  });
}

/** Images of rows of intensities, side by side in one picture of bytes. */
function sheet(rows, across, from = (value) => value) {
  const [count, wide] = [rows[0].length, across * SIDE];
  const picture = new Uint8Array(Math.ceil(count / across) * SIDE * wide);
  rows.forEach((row, pixel) => {
    const [y, x] = [Math.floor(pixel / SIDE), pixel % SIDE];
    row.forEach((value, i) => {
      picture[(Math.floor(i / across) * SIDE + y) * wide + (i % across) * SIDE + x] = Math.round(255 * from(value));
    });
  });
  return picture;
}

const intensity = (logit) => 1 / (1 + Math.exp(-logit));

/** How far a plane has to reach so that it shows all but a few codes: a number that seldom changes. */
function reachOf(codes) {
  const far = codes.flatMap((row) => Array.from(row, Math.abs)).sort((a, b) => a - b);
  return Math.max(LEAST, Math.ceil(far[Math.floor(0.995 * (far.length - 1))] / 2) * 2);
}

export class DigitsTrainer extends Trainer {
  begin({ settings: { seed }, digits: { pixels, levels, held } }) {
    const memory = new Memory(this.kind, FLOATS);
    const made = (variational) => new Autoencoder(memory, LATENT, variational, uniform(seed), SHAPE);
    this.models = { ae: made(false), vae: made(true) };
    this.levels = unpacked(pixels);
    this.scale = 1 / levels;
    this.learnt = pixels.shape[1] - held; // the rest is shown
    this.shown = this.levels.map((row) => Float32Array.from(row.subarray(this.learnt), (level) => level * this.scale));
    this.calm = rowsOf(LATENT, held).map((_, k) => normal(seed + 2 + k, held)); // noise that is always the same
    this.batch = rowsOf(SIDE * SIDE, BATCH);
  }

  step({ settings }) {
    const { models, batch, levels, scale } = this;
    for (let n = 0; n < BATCH; n++) {
      const one = Math.floor(this.draw() * this.learnt);
      for (let pixel = 0; pixel < batch.length; pixel++) batch[pixel][n] = levels[pixel][one] * scale;
    }
    this.fresh(models.vae.noise);
    return { ae: models.ae.learn(batch, settings), vae: models.vae.learn(batch, settings) };
  }

  /** Of digits that are not learnt from: codes, some of them rebuilt, what is decoded over the plane, the losses. */
  look({ settings, wants }) {
    const given = this.shown.map((row) => Float32Array.from(wants.some, (i) => row[i]));
    const looks = { given: sheet(given, wants.some.length) };
    for (const [name, model] of Object.entries(this.models)) {
      const { codes } = model.encode(this.shown);
      const reach = reachOf(codes);
      const rebuilt = model.decode(codes.map((row) => Float32Array.from(wants.some, (i) => row[i])));
      looks[name] = { codes, reach, rebuilt: sheet(rebuilt, wants.some.length, intensity), grid: sheet(model.decode(grid(GRID, reach)), GRID, intensity) };
      if (wants.losses) looks[name].losses = this.losses(model, settings);
    }
    return looks;
  }

  /** The mean reconstruction and divergence, in nats a digit, of whole batches of what is not learnt from. */
  losses(model, settings) {
    const count = Math.floor(this.shown[0].length / BATCH);
    let [reconstruction, divergence] = [0, 0];
    for (let b = 0; b < count; b++) {
      const part = (row) => row.subarray(b * BATCH, (b + 1) * BATCH);
      model.noise.forEach((row, k) => row.set(part(this.calm[k])));
      model.loss(this.shown.map(part), settings);
      reconstruction += model.distance / count;
      divergence += model.divergence / count;
    }
    return { reconstruction, divergence };
  }
}
