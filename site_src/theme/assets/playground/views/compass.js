// A few samples marked "more" or "less" make a direction; four others walk along it.

import { direction } from "../fit.js";
import { anySeed, normal } from "../random.js";
import { button, digit, h, onFrame, onTheme, slider, status } from "../ui.js";

const SIZE = 16;
const SHOWN = 12;
const REACH = 3;
const [NONE, MORE, LESS] = "012"; // what a mark is
const UNMARKED = NONE.repeat(SHOWN);

export function mount({ root, networks: { gan_16d: gan }, state, signal }) {
  const note = h("p", { class: "told", role: "status" }); // what the direction is
  const told = status();
  const [samples, walkers, steps] = [SHOWN, 4, 2 * REACH + 1].map((length) => Array.from({ length }, () => digit()));
  const others = drawn(0, 4); // unpicked
  let rounds = []; // [seed, marks], the last one shown
  let ruled = false;
  let way = null;

  const marker = (word, kind) => (_, i) => {
    const click = () => mark(i, kind);
    return h("button", { type: "button", class: "control", "aria-label": `${word} like sample ${i + 1}`, click }, word);
  };
  const [mores, lesses] = [samples.map(marker("More", MORE)), samples.map(marker("Less", LESS))];
  const amount = slider({ label: "Walk along it", min: -REACH, max: REACH, step: 0.1, value: 0, change: () => draw() });

  /** Show a code decoded; its ink in per cent. */
  function show(picture, name, code) {
    const pixels = gan.run(code);
    const ink = (100 * pixels.reduce((a, b) => a + b)) / pixels.length;
    picture.show(pixels);
    picture.name(`${name}: ${ink.toFixed(1)}% ink`);
    return ink;
  }

  function walk(picture, walker, by) {
    const moved = others[walker].map((value, i) => value + (by && by * way[i]));
    show(picture, `Walking sample ${walker + 1}, moved by ${by}`, moved);
  }

  const draw = onFrame(() => {
    const by = way ? amount.value : 0;
    walkers.forEach((picture, i) => walk(picture, i, by));
    told.say(`Moved by ${by.toFixed(1)}.`);
    state.write([amount.value, ...rounds.map((round) => round.join("."))].join("_"));
  }, signal);
  const drawSteps = onFrame(() => steps.forEach((picture, i) => walk(picture, 0, way ? i - REACH : 0)), signal);

  function fit() {
    const [none, more, less] = [NONE, MORE, LESS].map((kind) =>
      rounds.flatMap(([seed, marks]) => drawn(seed, SHOWN).filter((_, i) => marks[i] === kind)),
    );
    way = direction(more, less, [...none, ...more, ...less]);
    amount.input.disabled = !way;
    const [, marks] = rounds.at(-1);
    mores.forEach((each, i) => each.setAttribute("aria-pressed", marks[i] === MORE));
    lesses.forEach((each, i) => each.setAttribute("aria-pressed", marks[i] === LESS));
    const start = ruled
      ? "To begin with, the three with the most ink are marked More, the three with the least Less."
      : `Marked: ${more.length} more, ${less.length} less.`;
    const means = more.length ? "all to that of the marked" : "the marked to that of all";
    const fitted = more.length && less.length ? "is fitted to both" : `leads from the mean of ${means}`;
    note.textContent = `${start} ${way ? `The direction ${fitted}` : "That gives no direction yet"}.`;
    draw();
    drawSteps();
  }

  function mark(i, kind) {
    const [seed, marks] = rounds.pop();
    rounds.push([seed, marks.slice(0, i) + (marks[i] === kind ? NONE : kind) + marks.slice(i + 1)]);
    ruled = false;
    fit();
  }

  /** Show twelve; marks of `before` still count. Without `marks` their ink decides. */
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
    h("div", { class: "offered" }, samples.map(({ element }, i) => h("div", {}, element, mores[i], lesses[i]))),
    h("div", { class: "controls" },
      button("New samples", () => deal([anySeed(), UNMARKED], rounds)),
      button("Start again", () => deal([1, UNMARKED]))),
    amount.element,
    h("div", { class: "walkers" }, walkers.map(({ element }) => element)),
    h("p", { class: "note" }, `The first in steps from −${REACH} to ${REACH}:`),
    h("div", { class: "walkers steps" }, steps.map(({ element }) => element)),
    told.element,
  );
  onTheme(() => [...samples, ...walkers, ...steps].forEach((picture) => picture.again()), signal);
}

function drawn(seed, count) {
  const numbers = normal(seed, count * SIZE);
  return Array.from({ length: count }, (_, i) => numbers.subarray(i * SIZE, (i + 1) * SIZE));
}
