// The three objectives, each a step of learning on points of the plane. The decoders are alike: from a line (or a
// plane) of latents into the plane.

import { Mlp, Pass } from "./mlp.js";

export const BATCH = 128;
const HIDDEN = [64, 64];

const sigmoid = (value) => 1 / (1 + Math.exp(-value));
const softplus = (value) => Math.max(0, value) + Math.log1p(Math.exp(-Math.abs(value)));

/** Write rows into a pass's first planes. */
const feed = (pass, rows) => rows.forEach((row, unit) => pass.row(pass.x, 0, unit).set(row));

/** The rows of planes, as views that follow what is computed. */
const rows = (pass, planes, at, count, from = 0) => Array.from({ length: count }, (_, unit) => pass.row(planes, at, from + unit));

/**
 * An autoencoder: mean over the batch of |x - x'|^2 / (2 sigma^2). A variational one adds beta times the divergence of
 * N(mean, exp(log variance)) from N(0, 1), and decodes a draw of the former.
 */
export class Autoencoder {
  constructor(memory, latent, variational, draw) {
    this.variational = variational;
    this.decoder = new Mlp(memory, [latent, ...HIDDEN, 2], draw); // first, so that all three begin with the same
    this.encoder = new Mlp(memory, [2, ...HIDDEN, variational ? 2 * latent : latent], draw);
    const [into, out] = [new Pass(this.encoder, BATCH), new Pass(this.decoder, BATCH)];
    const [first, last] = [0, out.last];
    Object.assign(this, { into, out, noise: Array.from({ length: latent }, () => new Float32Array(BATCH)) });
    const encoded = (planes, from) => rows(into, planes, last, latent, from);
    [this.means, this.meanSlopes] = [encoded(into.x, 0), encoded(into.d, 0)];
    if (variational) [this.logs, this.logSlopes] = [encoded(into.x, latent), encoded(into.d, latent)];
    [this.codes, this.codeSlopes] = [rows(out, out.x, first, latent), rows(out, out.d, first, latent)];
    [this.made, this.madeSlopes] = [rows(out, out.x, last, 2), rows(out, out.d, last, 2)];
    Object.assign(this, { distance: NaN, divergence: 0 });
  }

  /** The gradient for a batch of points; the noise is drawn by whoever calls. */
  gradient(points, { sigma, beta }) {
    const { into, out, variational, noise } = this;
    feed(into, points);
    into.forward();
    this.codes.forEach((row, k) => {
      const means = this.means[k];
      if (!variational) return row.set(means);
      const [logs, draws] = [this.logs[k], noise[k]];
      for (let n = 0; n < BATCH; n++) row[n] = means[n] + Math.exp(logs[n] / 2) * draws[n];
    });
    out.forward();
    let distance = 0;
    points.forEach((row, axis) => {
      const [made, slopes] = [this.made[axis], this.madeSlopes[axis]];
      for (let n = 0; n < BATCH; n++) {
        const miss = made[n] - row[n];
        distance += miss * miss;
        slopes[n] = miss / (sigma * sigma * BATCH);
      }
    });
    this.distance = distance / BATCH;
    out.backward(true);
    out.gradient();
    this.divergence = 0;
    this.codeSlopes.forEach((slopes, k) => (variational ? this.spread(slopes, k, beta) : this.meanSlopes[k].set(slopes)));
    into.backward(false);
    into.gradient();
    return this.distance / (2 * sigma * sigma) + (variational ? beta * this.divergence : 0);
  }

  /** From the slopes of a latent to those of its mean and log variance, the divergence's included. */
  spread(slopes, k, beta) {
    const [means, logs, noise] = [this.means[k], this.logs[k], this.noise[k]];
    for (let n = 0; n < BATCH; n++) {
      const variance = Math.exp(logs[n]);
      this.divergence += (means[n] * means[n] + variance - 1 - logs[n]) / (2 * BATCH);
      this.meanSlopes[k][n] = slopes[n] + (beta * means[n]) / BATCH;
      this.logSlopes[k][n] = (slopes[n] * noise[n] * Math.sqrt(variance) + (beta * (variance - 1)) / BATCH) / 2;
    }
  }

  /** Mean codes of any number of points, and the deviations of a variational one. */
  encode(points) {
    const outputs = this.into.run(points);
    const latent = this.means.length;
    const spreads = outputs.slice(latent).map((row) => row.map((log) => Math.exp(log / 2)));
    return { codes: outputs.slice(0, latent), spreads };
  }

  decode(codes) {
    return this.out.run(codes);
  }

  learn(points, settings) {
    const loss = this.gradient(points, settings);
    for (const net of [this.encoder, this.decoder]) net.adam(2e-3 * settings.rate, 0.9);
    return loss;
  }
}

/** A generator and a discriminator with a penalty on the slopes of what it says, at real and at generated points. */
export class Gan {
  constructor(memory, latent, draw) {
    this.decoder = new Mlp(memory, [latent, ...HIDDEN, 2], draw);
    this.discriminator = new Mlp(memory, [2, ...HIDDEN, 1], draw);
    this.making = new Pass(this.decoder, BATCH);
    this.judging = new Pass(this.discriminator, 2 * BATCH, true); // real points, then generated ones
    this.fooling = new Pass(this.discriminator, BATCH);
    const { making, judging, fooling } = this;
    this.made = rows(making, making.x, making.last, 2);
    this.madeSlopes = rows(making, making.d, making.last, 2);
    this.judged = rows(judging, judging.x, 0, 2);
    this.slopes = rows(judging, judging.d, 0, 2);
    this.tangents = rows(judging, judging.t, 0, 2);
    this.verdicts = judging.row(judging.x, judging.last);
    judging.row(judging.d, judging.last).fill(1);
    this.fooled = rows(fooling, fooling.x, 0, 2);
    this.fooledSlopes = rows(fooling, fooling.d, 0, 2);
    this.hopes = fooling.row(fooling.x, fooling.last);
    this.hopeSlopes = fooling.row(fooling.d, fooling.last);
    Object.assign(this, { real: NaN, fake: NaN }); // the mean of D at real and at generated points
  }

  generate(latents) {
    feed(this.making, latents);
    this.making.forward();
  }

  /**
   * The discriminator's gradient. Its backward pass starts from slope 1 everywhere, which gives the slopes by the
   * points that are penalised; those of the loss are the same ones, scaled. As the ReLUs' masks do not change, a
   * tangent pass from the penalty's slopes gives the rest.
   */
  discriminatorGradient(points, latents, penalty) {
    const { judging, judged, verdicts, slopes, tangents } = this;
    this.generate(latents);
    judged.forEach((row, axis) => {
      row.set(points[axis]);
      row.set(this.made[axis], BATCH);
    });
    judging.forward();
    judging.backward(true);
    let loss = 0;
    this.real = this.fake = 0;
    for (let n = 0; n < 2 * BATCH; n++) {
      const generated = n >= BATCH;
      const belief = sigmoid(verdicts[n]);
      if (generated) this.fake += belief / BATCH;
      else this.real += belief / BATCH;
      judging.scale[n] = (generated ? belief : -sigmoid(-verdicts[n])) / BATCH;
      loss += softplus(generated ? verdicts[n] : -verdicts[n]) / BATCH;
      for (let axis = 0; axis < 2; axis++) {
        const slope = slopes[axis][n];
        tangents[axis][n] = (penalty * slope) / BATCH;
        loss += (penalty * slope * slope) / (2 * BATCH);
      }
    }
    judging.tangent();
    judging.gradient();
    return loss;
  }

  generatorGradient(latents, saturating) {
    const { making, fooling, hopes, hopeSlopes } = this;
    this.generate(latents);
    this.fooled.forEach((row, axis) => row.set(this.made[axis]));
    fooling.forward();
    let loss = 0;
    for (let n = 0; n < BATCH; n++) {
      loss += (saturating ? -softplus(hopes[n]) : softplus(-hopes[n])) / BATCH;
      hopeSlopes[n] = slopeOfHope(hopes[n], saturating) / BATCH;
    }
    fooling.backward(true);
    this.madeSlopes.forEach((row, axis) => row.set(this.fooledSlopes[axis]));
    making.backward(false);
    making.gradient();
    return loss;
  }

  decode(latents) {
    return this.making.run(latents);
  }

  /** What the discriminator says of any number of points: logits. */
  judge(points) {
    return this.fooling.run(points)[0];
  }

  /** Where the generator's loss would have a generated point go: minus its slope there. */
  pull(point, saturating) {
    const [verdict] = this.judge(point.map((value) => Float32Array.of(value)));
    this.hopeSlopes[0] = slopeOfHope(verdict, saturating);
    this.fooling.backward(true);
    return this.fooledSlopes.map((row) => -row[0]);
  }

  discriminate(points, latents, { penalty, rate }) {
    const loss = this.discriminatorGradient(points, latents, penalty);
    this.discriminator.adam(1e-3 * rate, 0);
    return loss;
  }

  fool(latents, { saturating, rate }) {
    const loss = this.generatorGradient(latents, saturating);
    this.decoder.adam(1e-3 * rate, 0);
    return loss;
  }
}

/** The slope of the generator's loss by what the discriminator says: of log(1 - D), or of -log D. */
const slopeOfHope = (verdict, saturating) => -sigmoid(saturating ? verdict : -verdict);
