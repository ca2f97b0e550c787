// A few samples marked "more" or "less" make a direction; four others walk along it.

import { direction } from "../fit.js";
import { anySeed, normal } from "../random.js";
import { button, digit, h, onFrame, onTheme, slider, status } from "../ui.js";

const SIZE = 16;
const SHOWN = 12;
const REACH = 3;
const [NONE, MORE, LESS] = "012"; // how a sample is marked
const UNMARKED = NONE.repeat(SHOWN);

export const needs = { networks: ["gan_16d"] };

export function mount({ root, networks: { gan_16d: gan }, state, signal }) {
  const note = h("p", { class: "told", role: "status" }); // what the direction is; `told` says where it leads
  const told = status();
  const [samples, walkers, steps] = [SHOWN, 4, 2 * REACH + 1].map((length) => Array.from({ length }, () => digit("")));
  const others = drawn(13, walkers.length);
  let rounds = []; // [seed, marks]; the last is shown, of the earlier ones those with marks are kept
  let ruled = false;
  let way = null;

  const buttons = samples.map((_, i) =>
    [MORE, LESS].map((kind) => {
      const word = kind === MORE ? "More" : "Less";
      const element = button(word, () => mark(i, kind));
      element.setAttribute("aria-label", `${word} like sample ${i + 1}`);
      return element;
    }),
  );
  const amount = slider({ label: "Walk along it", min: -REACH, max: REACH, step: 0.1, value: 0, change: () => draw() });

  /** Show what a code is decoded to; how much ink that is. */
  function show(picture, name, code) {
    const pixels = gan.run(code);
    const ink = (100 * pixels.reduce((a, b) => a + b)) / pixels.length;
    picture.show(pixels);
    picture.name(`${name}: ${ink.toFixed(1)}% ink`);
    return ink;
  }

  function walk(picture, walker, by) {
    const moved = others[walker].map((value, i) => value + (by && by * way[i]));
    return show(picture, `Walking sample ${walker + 1}, moved by ${by}`, moved);
  }

  const draw = onFrame(() => {
    const by = way ? amount.value : 0;
    const inks = walkers.map((picture, i) => walk(picture, i, by).toFixed(1));
    told.say(`Moved by ${by}, the four have ${inks.join(", ")}% ink.`);
    state.write([amount.value, ...rounds.map((round) => round.join("."))].join("_"));
  }, signal);
  const drawSteps = onFrame(() => steps.forEach((picture, i) => walk(picture, 0, way ? i - REACH : 0)), signal);

  /** Fit the direction to all marks and show where it leads. */
  function fit() {
    const [none, more, less] = [NONE, MORE, LESS].map((kind) =>
      rounds.flatMap(([seed, marks]) => drawn(seed, SHOWN).filter((_, i) => marks[i] === kind)),
    );
    way = direction(more, less, [...none, ...more, ...less]);
    amount.input.disabled = !way;
    const [, marks] = rounds.at(-1);
    buttons.forEach((pair, i) => pair.forEach((each, at) => each.setAttribute("aria-pressed", marks[i] === [MORE, LESS][at])));
    const start = ruled
      ? "To begin with, the three samples with the most ink are marked More, the three with the least Less."
      : `Marked so far: ${more.length} more, ${less.length} less.`;
    const both = more.length && less.length;
    const end = both ? "The direction is fitted to both." : "The mean of all samples stands in for the missing kind.";
    note.textContent = `${start} ${way ? end : "That gives no direction."}`;
    draw();
    drawSteps();
  }

  function mark(i, kind) {
    const [seed, marks] = rounds.pop();
    rounds.push([seed, marks.slice(0, i) + (marks[i] === kind ? NONE : kind) + marks.slice(i + 1)]);
    ruled = false;
    fit();
  }

  /** Show twelve samples; marks of rounds `before` still count. Without `marks` the boldest are more, the thinnest less. */
  function deal([seed, marks], before = []) {
    const codes = drawn(seed, SHOWN);
    const inks = samples.map((picture, i) => show(picture, `Sample ${i + 1}`, codes[i]));
    const order = [...inks].sort((a, b) => b - a);
    const rule = (ink) => (ink >= order[2] ? MORE : ink <= order[SHOWN - 3] ? LESS : NONE);
    ruled = !marks;
    rounds = [...before.filter((round) => round[1] !== UNMARKED), [seed, marks ?? inks.map(rule).join("")]];
    fit();
  }

  const [by, ...texts] = state.read()?.split("_") ?? [];
  const saved = texts.filter((text) => /^\d+\.[012]{12}$/.test(text)).map((text) => text.split("."));
  amount.set(saved.length ? by : 2);
  deal(saved.pop() ?? [1], saved);
  root.append(
    note,
    h("div", { class: "offered" }, samples.map(({ element }, i) => h("div", {}, element, buttons[i]))),
    h("div", { class: "controls" },
      button("New samples", () => deal([anySeed(), UNMARKED], rounds)),
      button("Start again", () => deal([rounds.at(-1)[0], UNMARKED]))),
    amount.element,
    h("div", { class: "walkers" }, walkers.map(({ element }) => element)),
    h("p", { class: "note" }, `The first of them in steps from −${REACH} to ${REACH}:`),
    h("div", { class: "walkers steps" }, steps.map(({ element }) => element)),
    told.element,
  ); // prettier-ignore
  onTheme(() => [...samples, ...walkers, ...steps].forEach((picture) => picture.again()), signal);
}

function drawn(seed, count) {
  const numbers = normal(seed, count * SIZE);
  return Array.from({ length: count }, (_, i) => numbers.subarray(i * SIZE, (i + 1) * SIZE));
}
