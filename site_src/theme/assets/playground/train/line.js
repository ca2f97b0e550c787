// Trains an AE, a VAE and a GAN on points of the plane.

import { normal, uniform } from "../random.js";
import { Memory } from "./mlp.js";
import { Autoencoder, BATCH, Gan } from "./models.js";
import { fill } from "./toys.js";
import { Trainer, grid, rowsOf } from "./trainer.js";

const SAMPLES = 256;
const END = 3; // of the latents whose decoding is drawn
const LINE = 241; // places on it
const LINES = 13; // of a net over the plane, each way
export const DRAWS = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]; // from a posterior, in deviations

const between = (i, count) => -END + (2 * END * i) / (count - 1);

/** The latents whose decoding is drawn, and the length of each run of them: a line, or a net of lines. */
export function trace(latent) {
  if (latent === 1) return { rows: [Float32Array.from({ length: LINE }, (_, i) => between(i, LINE))], run: LINE };
  const run = 4 * LINES - 3;
  const [along, across] = rowsOf(2, 2 * LINES * run);
  for (let i = 0; i < along.length; i++) {
    const places = [between(i % run, run), between(Math.floor(i / run) % LINES, LINES)];
    const turned = i >= LINES * run ? 1 : 0;
    [along[i], across[i]] = [places[turned], places[1 - turned]];
  }
  return { rows: [along, across], run };
}

export class LineTrainer extends Trainer {
  /** All three begin with the same decoder. */
  begin({ settings: { latent, seed } }) {
    const memory = new Memory(this.kind);
    const made = (Model, ...rest) => new Model(memory, latent, ...rest, uniform(seed));
    this.models = { ae: made(Autoencoder, false), vae: made(Autoencoder, true), gan: made(Gan) };
    [this.points, this.latents] = [rowsOf(2, BATCH), rowsOf(latent, BATCH)];
    this.trace = trace(latent).rows;
    this.drawn = rowsOf(latent, SAMPLES).map((_, k) => normal(seed + 2 + k, SAMPLES));
  }

  ready({ settings, own }) {
    return settings.toy !== "own" || own[0].length > 0;
  }

  step({ settings, own }) {
    const { points, models, latents } = this;
    const next = () => fill(points, settings.toy, own, this.draw, this.noise);
    next();
    this.fresh(models.vae.noise);
    const losses = { ae: models.ae.learn(points, settings), vae: models.vae.learn(points, settings) };
    for (let k = 0; k < settings.judgements; k++) {
      if (k > 0) next();
      losses.gan = models.gan.discriminate(points, this.fresh(latents), settings);
    }
    for (let k = 0; k < 1 / settings.judgements; k++) losses.gan += models.gan.fool(this.fresh(latents), settings);
    return losses;
  }

  look({ settings, wants }) {
    const { ae, vae, gan } = this.models;
    const looks = {};
    for (const [name, model] of Object.entries(this.models)) {
      looks[name] = { curve: model.decode(this.trace) };
      if (wants.samples) looks[name].samples = model.decode(this.drawn);
    }
    for (const [name, model] of [["ae", ae], ["vae", vae]]) {
      const { codes, spreads } = model.encode(wants.shown);
      Object.assign(looks[name], { codes, spreads, distance: model.distance, divergence: model.divergence });
      if (wants.lines) looks[name].remade = model.decode(codes);
      if (wants.pull) looks[name].pull = this.follow(model, wants.pull);
    }
    Object.assign(looks.gan, { real: gan.real, fake: gan.fake });
    if (wants.heat) looks.gan.heat = gan.judge(grid(wants.heat, wants.reach));
    if (wants.pull) looks.gan.pull = gan.pull(wants.pull, settings.saturating);
    return looks;
  }

  /** Where a point is rebuilt: once, or from several draws of its posterior. */
  follow(model, point) {
    const { codes, spreads } = model.encode(point.map((value) => Float32Array.of(value)));
    const draws = spreads.length ? DRAWS : [0];
    return model.decode(codes.map(([mean], k) => Float32Array.from(draws, (times) => mean + (times && times * spreads[k][0]))));
  }
}
