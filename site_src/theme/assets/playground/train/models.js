// The three objectives, each a step of learning. On points of the plane the decoders are alike: from a line (or a
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

// A likelihood: what a row of outputs costs against the row that was given, written into `slopes` by `scale`; and how
// many nats a cost is. Squared distances are a Gaussian's but for sigma; logits are a Bernoulli's, of grey pixels too.
export const GAUSSIAN = {
  nats: ({ sigma }) => 1 / (2 * sigma * sigma),
  cost(made, given, slopes, scale) {
    let sum = 0;
    for (let n = 0; n < given.length; n++) {
      const miss = made[n] - given[n];
      sum += miss * miss;
      slopes[n] = 2 * miss * scale;
    }
    return sum;
  },
};

export const BERNOULLI = {
  nats: () => 1,
  cost(made, given, slopes, scale) {
    let sum = 0;
    for (let n = 0; n < given.length; n++) {
      const logit = made[n];
      const tail = Math.exp(-Math.abs(logit)); // for both the sigmoid and the softplus
      sum += Math.max(0, logit) + Math.log1p(tail) - given[n] * logit;
      slopes[n] = ((logit > 0 ? 1 : tail) / (1 + tail) - given[n]) * scale;
    }
    return sum;
  },
};

/** What is learnt from: how wide it is, what is in a batch, the hidden layers either way, the likelihood, Adam's step. */
export const POINTS = { width: 2, batch: BATCH, encoder: HIDDEN, decoder: HIDDEN, likelihood: GAUSSIAN, step: 2e-3 };

/**
 * An autoencoder: the mean over the batch of what its likelihood costs, in nats. A variational one adds beta times the
 * divergence of N(mean, exp(log variance)) from N(0, I), and decodes a draw of the former.
 */
export class Autoencoder {
  constructor(memory, latent, variational, draw, shape = POINTS) {
    const { width, batch } = shape;
    this.decoder = new Mlp(memory, [latent, ...shape.decoder, width], draw); // first, so that all begin with the same
    this.encoder = new Mlp(memory, [width, ...shape.encoder, variational ? 2 * latent : latent], draw);
    const [into, out] = [new Pass(this.encoder, batch), new Pass(this.decoder, batch)];
    const [first, last] = [0, out.last];
    Object.assign(this, { variational, batch, likelihood: shape.likelihood, rate: shape.step, into, out });
    this.noise = Array.from({ length: latent }, () => new Float32Array(batch));
    const encoded = (planes, from) => rows(into, planes, into.last, latent, from);
    [this.means, this.meanSlopes] = [encoded(into.x, 0), encoded(into.d, 0)];
    if (variational) [this.logs, this.logSlopes] = [encoded(into.x, latent), encoded(into.d, latent)];
    [this.codes, this.codeSlopes] = [rows(out, out.x, first, latent), rows(out, out.d, first, latent)];
    [this.made, this.madeSlopes] = [rows(out, out.x, last, width), rows(out, out.d, last, width)];
    Object.assign(this, { distance: NaN, divergence: 0 });
  }

  /**
   * The loss of a batch, whose parts are kept as `distance` (what the likelihood costs, before it is nats) and
   * `divergence`; the noise is drawn by whoever calls.
   */
  loss(given, settings) {
    const { into, out, batch, variational, noise, likelihood } = this;
    feed(into, given);
    into.forward();
    this.codes.forEach((row, k) => {
      const means = this.means[k];
      if (!variational) return row.set(means);
      const [logs, draws] = [this.logs[k], noise[k]];
      for (let n = 0; n < batch; n++) row[n] = means[n] + Math.exp(logs[n] / 2) * draws[n];
    });
    out.forward();
    const nats = likelihood.nats(settings);
    this.distance = 0;
    given.forEach((row, unit) => (this.distance += likelihood.cost(this.made[unit], row, this.madeSlopes[unit], nats / batch) / batch));
    this.divergence = 0;
    if (variational) this.means.forEach((means, k) => (this.divergence += divergence(means, this.logs[k])));
    return nats * this.distance + (variational ? settings.beta * this.divergence : 0);
  }

  /** The gradient for a batch. */
  gradient(given, settings) {
    const { into, out, variational } = this;
    const loss = this.loss(given, settings);
    out.backward(true);
    out.gradient();
    this.codeSlopes.forEach((slopes, k) => (variational ? this.spread(slopes, k, settings.beta) : this.meanSlopes[k].set(slopes)));
    into.backward(false);
    into.gradient();
    return loss;
  }

  /** From the slopes of a latent to those of its mean and log variance, the divergence's included. */
  spread(slopes, k, beta) {
    const { batch } = this;
    const [means, logs, noise] = [this.means[k], this.logs[k], this.noise[k]];
    for (let n = 0; n < batch; n++) {
      const variance = Math.exp(logs[n]);
      this.meanSlopes[k][n] = slopes[n] + (beta * means[n]) / batch;
      this.logSlopes[k][n] = (slopes[n] * noise[n] * Math.sqrt(variance) + (beta * (variance - 1)) / batch) / 2;
    }
  }

  /** Mean codes of any number of inputs, and the deviations of a variational one. */
  encode(given) {
    const outputs = this.into.run(given);
    const latent = this.means.length;
    const spreads = outputs.slice(latent).map((row) => row.map((log) => Math.exp(log / 2)));
    return { codes: outputs.slice(0, latent), spreads };
  }

  decode(codes) {
    return this.out.run(codes);
  }

  learn(given, settings) {
    const loss = this.gradient(given, settings);
    for (const net of [this.encoder, this.decoder]) net.adam(this.rate * settings.rate, 0.9);
    return loss;
  }
}

/** The mean over a batch of KL(N(mean, exp(log)) || N(0, 1)) in one dimension. */
function divergence(means, logs) {
  let sum = 0;
  for (let n = 0; n < means.length; n++) sum += (means[n] * means[n] + Math.exp(logs[n]) - 1 - logs[n]) / 2;
  return sum / means.length;
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
