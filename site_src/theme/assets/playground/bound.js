// The evidence lower bound of one image, in nats, as in generate/models/vae.py and generate/evaluation/likelihood.py.

const FLOOR = -100; // of a logarithm, as in PyTorch: a pixel that is surely wrong costs this much and not everything
const log = (value) => Math.max(FLOOR, Math.log(value));
const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** The encoder's Gaussian, from its output: means first, then logarithms of variances. */
export function cloud(code) {
  const [mean, logs] = [0, 1].map((half) => [...code.subarray((half * code.length) / 2, ((half + 1) * code.length) / 2)]);
  return { mean, deviation: logs.map((value) => Math.exp(value / 2)) };
}

/** z = mean + deviation * epsilon. */
export const reparameterised = ({ mean, deviation }, epsilon) => mean.map((value, i) => value + deviation[i] * epsilon[i]);

/** -log p(x|z): the cross-entropy between an image and what was rebuilt of it, summed over the pixels. */
export function reconstruction(image, rebuilt) {
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum -= image[i] * log(rebuilt[i]) + (1 - image[i]) * log(1 - rebuilt[i]);
  return sum;
}

/** The KL of q(z|x) from N(0, I), in closed form. */
export const divergence = ({ mean, deviation }) =>
  total(mean.map((value, i) => (value ** 2 + deviation[i] ** 2 - 1) / 2 - Math.log(deviation[i])));

/** log p(z) - log q(z|x) at the z of an epsilon; on average the KL, negative. */
export const odds = ({ deviation }, epsilon, z) =>
  total(z.map((value, i) => (epsilon[i] ** 2 - value ** 2) / 2 + Math.log(deviation[i])));

/**
 * The importance-weighted bounds (Burda et al., 2016) for 1, 2, 4 … samples, from the logarithms of as many weights as
 * some power of two. Each is the mean over groups of its size, merged from pairs of the groups before, so that none is
 * lower than the one before it: the logarithm is concave.
 */
export function bounds(weights) {
  const found = [];
  for (let groups = [...weights]; ; ) {
    found.push(total(groups) / groups.length);
    if (groups.length < 2) return found;
    groups = Array.from({ length: groups.length >> 1 }, (_, i) => {
      const [high, low] = [groups[2 * i], groups[2 * i + 1]].sort((a, b) => b - a);
      return high + Math.log1p(Math.exp(low - high)) - Math.LN2;
    });
  }
}

/** As many equal weights would be as good as these, of which a few may count for all. */
export function counting(weights) {
  const top = Math.max(...weights);
  const shares = weights.map((value) => Math.exp(value - top));
  return total(shares) ** 2 / total(shares.map((share) => share ** 2));
}
