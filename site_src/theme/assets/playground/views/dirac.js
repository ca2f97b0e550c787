// The smallest GAN (Mescheder et al., 2018): the data are one point, 0; the generator makes one point, theta; the
// discriminator says psi times x. What happens is a path in the plane of the two.

import { Plot } from "../plot.js";
import { button, choice, h, onFrame, onTheme, slider, status } from "../ui.js";

const RANGE = [-2, 2];
const START = [1, 0];
const RATE = 0.1;
const PAUSE = 600; // steps after which the clock stops by itself
const PENALTIES = [0, 0.1, 0.3, 1, 3];
const ACROSS = Array.from({ length: 401 }, (_, i) => RANGE[0] + (i / 400) * (RANGE[1] - RANGE[0]));
const CROSS = ACROSS.filter((x) => Math.abs(x) < 0.1).flatMap((x) => [[x, 0], [0, x]]); // at 0
const LOSSES = { s: "saturating", n: "non-saturating" };
const TURNS = { a: "in turn", b: "both at once" };

const sigmoid = (value) => 1 / (1 + Math.exp(-value));

/** A step of gradient descent: the discriminator, then the generator, who may know of it or not. */
export function moved([theta, psi], { penalty, loss, turns }) {
  const judge = psi - RATE * (sigmoid(psi * theta) * theta + penalty * psi);
  const known = turns === "a" ? judge : psi;
  return [theta + RATE * sigmoid((loss === "s" ? 1 : -1) * known * theta) * known, judge];
}

export function mount({ root, state, signal }) {
  const told = status();
  told.element.classList.add("unseen");
  const saved = /^([nsab]*)([0-4])_(-?\d+)_(-?\d+)$/.exec(state.read() ?? "") ?? [];
  const inside = (value) => Math.min(RANGE[1], Math.max(RANGE[0], value));
  let start = saved[3] ? [saved[3], saved[4]].map((text) => inside(Number(text) / 100)) : START;
  let path = [start];
  let playing = false;

  const plot = new Plot({ label: "Generator and discriminator", x: RANGE, y: RANGE, signal, moved: (...to) => begin(to) });
  const line = new Plot({ x: RANGE, y: RANGE, signal });
  const draw = onFrame(() => {
    const [theta, psi] = path.at(-1);
    plot.coloured = line.coloured = false;
    const dotted = (places) => ({ codes: places.flat(), labels: places });
    plot.dots = dotted([...CROSS, ...path]);
    plot.point = [theta, psi].map(inside);
    // What the discriminator says, as a line of dots, and the generated point on it.
    line.dots = dotted([...CROSS, ...ACROSS.map((x) => [x, psi * x])]);
    line.point = [inside(theta), 0];
    for (const each of [plot, line]) each.settle();
    const at = [theta, psi].map((value) => value.toFixed(2).replace("-", "−"));
    says.textContent = `Step ${path.length - 1}: θ = ${at[0]}, ψ = ${at[1]}, ${Math.hypot(theta, psi).toFixed(2)} from equilibrium.`;
    plot.canvas.setAttribute("aria-label", `θ across, ψ upwards. ${says.textContent}`);
    line.canvas.setAttribute("aria-label", `The discriminator's line, ψ times x, and the generated point at ${at[0]}`);
    if (!playing) told.say(says.textContent); // heard, as the same words are seen
  }, signal);

  const settings = () => ({ penalty: PENALTIES[penalty.value], loss: loss.value, turns: turns.value });
  function step() {
    path.push(moved(path.at(-1), settings()));
    if (path.length > PAUSE) hold();
    draw();
  }

  function hold() {
    playing = false;
    play.textContent = "Play";
  }

  function begin(from) {
    [start, path] = [from, [from]];
    draw();
    save();
  }

  const save = () =>
    state.write(`${loss.value}${turns.value}${penalty.value}_${start.map((value) => Math.round(100 * value)).join("_")}`);
  const change = () => begin(start);
  const of = (options, fallback) => Object.keys(options).find((name) => saved[1]?.includes(name)) ?? fallback;
  const penalty = slider({ label: "γ, gradient penalty", min: 0, max: PENALTIES.length - 1, step: 1, value: saved[2] ?? 0, say: (at) => `${PENALTIES[at]}`, change });
  const loss = choice("Generator's loss", Object.entries(LOSSES), of(LOSSES, "s"), change);
  const turns = choice("They move", Object.entries(TURNS), of(TURNS, "a"), change);
  const says = h("p", { class: "note" });
  const play = button("Play", () => {
    if (playing) return hold(), draw();
    if (path.length > PAUSE) begin(start);
    [playing, play.textContent] = [true, "Stop"];
    const tick = () => {
      if (!playing || signal.aborted) return;
      step();
      requestAnimationFrame(tick);
    };
    tick();
  });
  const once = button("One step", () => {
    hold();
    step();
  });

  root.append(
    h("div", { class: "controls" }, play, once, button("Restart", () => begin(start)), loss.element, turns.element),
    penalty.element,
    h("div", { class: "pair planes" }, plot.canvas, line.canvas),
    says,
    h("p", { class: "note" }, "Left: θ across, ψ upwards; both are 0 in equilibrium, at the cross. Drag the point to start elsewhere. Right: what the discriminator says along x; the data are at the cross, the ring is what the generator makes."),
    told.element,
  );
  draw();
  onTheme(draw, signal);
}
