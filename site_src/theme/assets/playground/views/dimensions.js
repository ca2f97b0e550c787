// One slider for each of the sixteen dimensions of the VAE and the GAN, those that change the image most first.

import { normal, anySeed } from "../random.js";
import { button, digit, FAMILIES, family, h, onFrame, onTheme, slider, status } from "../ui.js";

const NAMES = ["vae", "gan"];
const SIZE = 16;
const FIRST = 0; // the seed of what is seen first, unpicked
const LIMIT = 3;

export function mount({ root, networks, data, state, signal }) {
  const told = status();
  const panels = NAMES.map((name, place) => {
    const influence = data["playground/dimensions"][name].data;
    const total = influence.reduce((a, b) => a + b);
    const panel = { name, place, latent: new Float32Array(SIZE), picture: digit(`What the ${FAMILIES[name]} decodes`) };
    panel.sliders = [...influence.keys()]
      .sort((a, b) => influence[b] - influence[a])
      .map((dimension) => ({
        dimension,
        ...slider({
          label: `z${dimension + 1}, ${Math.round((100 * influence[dimension]) / total)}%`,
          min: -LIMIT,
          max: LIMIT,
          step: 0.01,
          value: 0,
          change(value) {
            panel.latent[dimension] = value;
            told.say(`${FAMILIES[name]}, dimension ${dimension + 1}: ${value.toFixed(1)}`);
            draw();
          },
        }),
      }));
    return panel;
  });

  const draw = onFrame(() => {
    for (const { name, latent, picture } of panels) picture.show(networks[`${name}_16d`].run(latent));
    state.write(panels.flatMap(({ latent }) => [...latent].map((value) => Math.round(100 * value))).join("_"));
  }, signal);

  /** Put all sliders somewhere: 32 numbers. */
  function place(values) {
    for (const { latent, sliders, place } of panels) {
      latent.set(values.slice(place * SIZE, (place + 1) * SIZE));
      for (const { dimension, set } of sliders) set(latent[dimension]);
    }
    draw();
  }

  // In hundredths, as the address has them.
  const drawn = (seed) => [...normal(seed, 2 * SIZE)].map((value) => Math.round(100 * Math.max(-LIMIT, Math.min(LIMIT, value))) / 100);
  root.append(
    h("div", { class: "panels wide" }, panels.map(({ name, picture, sliders }) =>
      h("fieldset", {}, h("legend", {}, family(name)), h("div", { class: "stays" }, picture.element), sliders.map(({ element }) => element)))),
    h("div", { class: "controls" },
      button("Shuffle", () => {
        place(drawn(anySeed()));
        told.say("Two new latents");
      }),
      button("Reset", () => {
        place(drawn(FIRST));
        told.say("Back to the first latents");
      }),
      button("All to zero", () => {
        place(new Array(2 * SIZE).fill(0));
        told.say("All dimensions at zero, the middle of the prior");
      })),
    h("p", { class: "note" }, "Percentages: each dimension's share of how much images change when one is moved by one either way."),
    told.element,
  );
  const saved = state.read()?.split("_").map(Number) ?? [];
  place(saved.length === 2 * SIZE && saved.every(Number.isFinite) ? saved.map((value) => value / 100) : drawn(FIRST));
  onTheme(() => panels.forEach(({ picture }) => picture.again()), signal);
}
