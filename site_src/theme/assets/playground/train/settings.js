// What can be set in the view "line": its values, its presets, and how a link has it. Whatever a link says, what comes
// out of it is one of the values offered.

import { TOYS } from "./toys.js";

const number = (value) => String(value).replace("-", "−");

/** Sliders over values that are not evenly spaced; the sign is that of a link. */
export const LADDERS = {
  sigma: { sign: "s", label: "σ, width of the likelihood", values: [0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1], value: 0.1, say: number },
  beta: { sign: "b", label: "β, weight of the KL term", values: [0, 0.01, 0.1, 0.3, 1, 3, 10, 30, 100, 300], value: 1, say: number },
  penalty: { sign: "g", label: "γ, gradient penalty", values: [0, 0.001, 0.01, 0.05, 0.1, 0.3, 1, 3, 10], value: 0.05, say: number },
  judgements: { sign: "k", label: "Steps of D for one of G", values: [0.1, 0.2, 0.5, 1, 2, 5, 10], value: 1, say: number },
  rate: { sign: "r", label: "Learning rates", values: [0.1, 0.25, 0.5, 1, 2, 4, 10, 100, 1000], value: 1, say: (times) => `× ${times}` },
};

/** Choices, as [value, text]; what a link has are the values. */
export const CHOICES = {
  toy: { label: "Data", options: Object.entries(TOYS), value: "moons" },
  saturating: { sign: "x", label: "G's loss", options: [["0", "non-saturating"], ["1", "saturating"]], value: "0" },
  latent: { sign: "z", label: "Latent", options: [["1", "one number"], ["2", "two numbers"]], value: "1" },
};

/** Events that are known, each with what makes it and what to look for. */
export const PRESETS = {
  collapse: {
    text: "Posterior collapse",
    set: { toy: "moons", beta: 100 },
    look: "The KL term costs more than a better picture is worth: the VAE's codes all fill the whole bell, and its curve shrinks to a point in the middle of the data.",
  },
  disguise: {
    text: "A VAE without its prior",
    set: { toy: "moons", beta: 0 },
    look: "With β = 0 nothing holds the codes: the VAE is an autoencoder in disguise. Its posteriors shrink to points, the KL it no longer pays for grows, and its codes keep to the bell only by chance.",
  },
  between: {
    text: "The mean of two branches",
    set: { toy: "spiral", sigma: 0.3 },
    look: "With a wide likelihood one code stands for points of several branches: the VAE's curve runs between them, where there are no data. This is blur, in the plane.",
  },
  modes: {
    text: "Mode collapse",
    set: { toy: "ring", penalty: 0, judgements: 0.1, rate: 2 },
    look: "The generator takes ten steps for each of the discriminator's: all of the GAN's samples run to the one island that D likes best, and on to another once D has noticed. Some starts spread out after some hundred steps.",
  },
  circling: {
    text: "Circling without a penalty",
    set: { toy: "blob", penalty: 0 },
    look: "The generator runs after the discriminator and never arrives: the GAN's samples sweep over the data. Set γ to 1, and they come to rest around the middle.",
  },
  vanishing: {
    text: "A vanishing gradient",
    set: { toy: "blobs", saturating: true, judgements: 10, penalty: 0 },
    pull: true,
    look: "Where the discriminator is sure that a point is made (grey), log(1 − D) is flat: move the point there, and the GAN's arrow all but vanishes. With the other loss it is longest there. (Adam divides by the size of gradients, so that the generator moves all the same.)",
  },
};

const DEFAULTS = {
  ...Object.fromEntries(Object.entries({ ...LADDERS, ...CHOICES }).map(([name, { value }]) => [name, value])),
  latent: 1,
  saturating: false,
  seed: 1,
};
export const defaults = () => ({ ...DEFAULTS });

/** A setting from a choice's text. */
export const chosen = (name, text) => ({ toy: text, saturating: text === "1", latent: Number(text) })[name];
export const asText = (name, value) => (name === "saturating" ? String(Number(value)) : String(value));

export const MOST = 300; // points painted
const STEPS = 36 ** 2 - 1; // of a coordinate, two signs of a link

/** Settings and painted points as a link has them, and back; `reach` is that of the plane. */
export function written(settings, own, reach) {
  const parts = [settings.toy];
  for (const [name, { sign }] of Object.entries({ ...LADDERS, ...CHOICES })) {
    if (sign && settings[name] !== DEFAULTS[name]) parts.push(sign + asText(name, settings[name]));
  }
  if (settings.seed !== DEFAULTS.seed) parts.push(`n${settings.seed}`);
  const two = (value) => Math.round(((value + reach) / (2 * reach)) * STEPS).toString(36).padStart(2, "0");
  if (own.length) parts.push(`p${own.map((point) => point.map(two).join("")).join("")}`);
  return parts.join("_");
}

export function readBack(text, reach) {
  const settings = defaults();
  const own = [];
  for (const part of (text ?? "").split("_")) {
    const [sign, rest] = [part[0], part.slice(1)];
    if (Object.hasOwn(TOYS, part)) settings.toy = part;
    else if (sign === "n" && /^\d{1,9}$/.test(rest)) settings.seed = Number(rest);
    else if (sign === "p" && /^([0-9a-z]{4})+$/.test(rest)) {
      const back = (two) => Math.min(1, parseInt(two, 36) / STEPS) * 2 * reach - reach;
      own.push(...rest.match(/.{4}/g).slice(0, MOST).map((four) => [back(four.slice(0, 2)), back(four.slice(2))]));
    } else {
      for (const [name, ladder] of Object.entries(LADDERS))
        if (sign === ladder.sign && rest && ladder.values.includes(Number(rest))) settings[name] = Number(rest);
      for (const [name, choice] of Object.entries(CHOICES))
        if (sign === choice.sign && choice.options.some(([value]) => value === rest)) settings[name] = chosen(name, rest);
    }
  }
  return { settings, own };
}
