// The learned walks and the directions found without labels, as sliders on one digit in all three models.

import { button, choice, digit, FAMILIES, family, h, onFrame, onTheme, slider, status } from "../ui.js";

const NAMES = Object.keys(FAMILIES);
const SIZE = 16;
// What an amount of each edit is called; zoom counts doublings.
const signed = (amount, unit) => `${amount > 0 ? "+" : ""}${amount.toFixed(1)} ${unit}`;
const WORDS = {
  rotation: (amount) => signed(amount, "°"),
  zoom: (amount) => `× ${(2 ** amount).toFixed(2)}`,
};
const METHODS = [["activations", "PCA of activations"], ["closed_form", "closed form"]];
const FOUND = 4; // directions by each method
const REACH = 2; // standard deviations either way

export function mount({ root, networks, data, state, signal }) {
  const { "control/steering": walks, "control/principal_directions": found, "playground/digits": digits } = data;
  const told = status();
  const saved = state.read()?.split("_") ?? [];
  const image = (label) => digits.labels.data.indexOf(label); // the first test image of a digit

  const start = choice("Start from a", Array.from({ length: 10 }, (_, label) => [String(label), String(label)]), "2", () => {
    told.say(`The first ${start.value} of the test set, in all three models`);
    draw();
  });
  const method = choice("Found by", METHODS, METHODS[0][0], () => draw());

  const edits = walks.edits.data.map((edit, place) => {
    const reach = walks.reach.data[place];
    const say = WORDS[edit] ?? ((amount) => signed(amount, "px"));
    const change = (amount) => {
      told.say(`${edit}: ${say(amount)} asked for`);
      draw();
    };
    return slider({ label: edit, min: -reach, max: reach, step: reach / 20, value: 0, change, say });
  });
  const directions = Array.from({ length: FOUND }, (_, place) => {
    const change = (amount) => {
      told.say(`Direction ${place + 1}: ${amount.toFixed(1)} standard deviations`);
      draw();
    };
    return slider({ label: `Direction ${place + 1}`, min: -REACH, max: REACH, step: 0.1, value: 0, change });
  });
  const panels = NAMES.map((name) => ({ name, picture: digit(`What the ${FAMILIES[name]} draws`) }));

  /** The start's code, moved by all sliders. */
  function code(name) {
    const from = image(Number(start.value)) * SIZE;
    const moved = digits[`${name}_16d`].data.slice(from, from + SIZE);
    const add = (rows, sliders) =>
      sliders.forEach(({ value }, row) => {
        for (let i = 0; i < SIZE; i++) moved[i] += value * rows[row * SIZE + i];
      });
    add(walks[`${name}_walk`].data, edits);
    const steps = found[`${name}_${method.value}_steps`];
    if (steps) add(steps.data, directions);
    return moved;
  }

  const draw = onFrame(() => {
    for (const { name, picture } of panels) picture.show(networks[`${name}_16d`].run(code(name)));
    state.write([start.value, method.value === METHODS[0][0] ? "a" : "c", ...[...edits, ...directions].map(({ value }) => +value.toFixed(2))].join("_"));
  }, signal);

  const reset = button("Reset", () => {
    for (const { set } of [...edits, ...directions]) set(0);
    told.say("All sliders in the middle");
    draw();
  });
  root.append(
    h("div", { class: "panels stays" }, panels.map(({ name, picture }) => h("div", { class: "panel" }, family(name), picture.element))),
    h("div", { class: "controls" }, start.element, reset),
    h("div", { class: "panels wide" },
      h("fieldset", {}, h("legend", {}, "Learned walks, all three"), edits.map(({ element }) => element)),
      h("fieldset", {}, h("legend", {}, "Without labels, VAE and GAN"), method.element, directions.map(({ element }) => element))),
    told.element,
  );
  if (saved.length === 2 + edits.length + FOUND) {
    if (image(Number(saved[0])) >= 0) start.value = saved[0];
    method.value = METHODS[saved[1] === "c" ? 1 : 0][0];
    [...edits, ...directions].forEach(({ set }, i) => set(Number(saved[i + 2]) || 0));
  }
  draw();
  onTheme(() => panels.forEach(({ picture }) => picture.again()), signal);
}
