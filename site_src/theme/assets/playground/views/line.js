// Three objectives at work: an AE, a VAE and a GAN, each with a decoder from a line into the plane, learn the same
// points on one clock.

import { anySeed, gaussian, uniform } from "../random.js";
import { clock } from "../train/clock.js";
import { HEAT, Panel, REACH } from "../train/panel.js";
import { CHOICES, LADDERS, MOST, PRESETS, asText, chosen, defaults, readBack, written } from "../train/settings.js";
import { fill } from "../train/toys.js";
import { FAMILIES, button, choice, h, onTheme, slider, status, toggle } from "../ui.js";

const SHOWN = 400; // points of a set
const SPEEDS = { 5: "5 steps a second", 50: "50 a second", 250: "250 a second", Infinity: "as fast as it goes" };
const SHOWS = {
  samples: ["Samples", true],
  lines: ["Reconstructions", false],
  intervals: ["Posteriors", false],
  heat: ["D's picture", true],
  pull: ["Pull a point", false],
};
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const APART = 0.05; // points painted in one stroke

export function mount({ root, state, signal }) {
  const told = status();
  const panels = Object.keys(FAMILIES).map((name) => new Panel(name));
  const { settings, own } = readBack(state.read(), REACH);
  const shows = Object.fromEntries(Object.entries(SHOWS).map(([name, [, shown]]) => [name, shown]));
  let shown = null;
  let cursor = null; // the point that is pulled, or where a point would be put

  const rows = () => [0, 1].map((axis) => Float32Array.from(own, (point) => point[axis]));
  const save = () => state.write(written(settings, own, REACH));

  const ticking = clock({
    view: "line",
    signal,
    told,
    slice: 24,
    rest: 2000,
    speeds: Object.entries(SPEEDS),
    speed: "250",
    ready: () => settings.toy !== "own" || own.length > 0,
    message() {
      const wants = { shown, reach: REACH, pull: shows.pull ? cursor : null, heat: shows.heat && HEAT };
      return { settings: { ...settings }, own: rows(), wants: { ...wants, samples: shows.samples, lines: shows.lines } };
    },
    drawn() {
      const { look, steps, playing } = ticking;
      for (const panel of panels) panel.paint(look?.[panel.name], { shown, settings, shows, cursor, steps, playing });
      empty.hidden = settings.toy !== "own" || own.length > 0;
    },
    begun() {
      points();
      save();
    },
    counted: (steps) => `Step ${steps.toLocaleString("en-GB")}`,
    words: () => panels.map(({ name, says }) => `${FAMILIES[name]}: ${says.textContent}`).join(" "),
  });
  const { draw, restart, changed } = ticking;

  /** The set's points that are shown, always the same ones for a seed. */
  function points() {
    if (settings.toy === "own") shown = rows();
    else {
      shown = [new Float32Array(SHOWN), new Float32Array(SHOWN)];
      const chance = uniform(settings.seed);
      fill(shown, settings.toy, null, chance, gaussian(chance));
    }
  }

  // --- What can be set. ---

  const set = (name) => (value) => {
    settings[name] = value;
    preset.value = "";
    hint.textContent = "";
    save();
    changed();
  };
  const ladders = Object.fromEntries(
    Object.entries(LADDERS).map(([name, { label, values, say }]) => {
      const value = values.indexOf(settings[name]);
      const change = (at) => set(name)(values[at]);
      const made = slider({ label, min: 0, max: values.length - 1, step: 1, value, say: (at) => say(values[at]), change });
      return [name, { element: made.element, show: (is) => made.set(values.indexOf(is)) }];
    }),
  );
  const choices = Object.fromEntries(
    Object.entries(CHOICES).map(([name, { label, options }]) => {
      const change = (text) => {
        set(name)(chosen(name, text));
        if (name !== "saturating") restart();
        arm();
      };
      const made = choice(label, options, asText(name, settings[name]), change);
      return [name, { element: made.element, show: (is) => (made.value = asText(name, is)) }];
    }),
  );
  const hint = h("p", { class: "hint" });
  const preset = choice("Show me", [["", "…"], ...Object.entries(PRESETS).map(([name, { text }]) => [name, text])], "", (name) => {
    if (!name) return;
    const { set: changes, look: words, pull } = PRESETS[name];
    Object.assign(settings, defaults(), { seed: settings.seed }, changes);
    for (const [setting, control] of Object.entries({ ...ladders, ...choices })) control.show(settings[setting]);
    hint.textContent = words;
    if (pull && !shows.pull) toggles.at(-1).click();
    arm();
    restart();
    if (!ticking.calm) ticking.play();
    told.say(words);
  });
  const seed = button("Another start", () => {
    settings.seed = anySeed() % 1e9;
    restart();
    told.say("Another start: other weights, other draws.");
  });
  const toggles = Object.entries(SHOWS).map(([name, [text, is]]) =>
    toggle(text, is, (value) => {
      shows[name] = value;
      if (name === "pull") arm();
      draw();
      changed();
    }),
  );
  const clear = button("Clear the points", () => {
    own.length = 0;
    restart();
    told.say("No points.");
  });
  const empty = h("p", { class: "hint" }, "Paint some points: drag over one of the planes; or move the cross with the arrow keys and press Enter.");

  // --- The planes: where points are painted and pulled. ---

  const painting = () => settings.toy === "own";

  /** Make the planes controls where there is something to do on them, and pictures where not. */
  function arm() {
    const active = painting() || shows.pull;
    cursor = active ? (cursor ?? [0, 0]) : null;
    clear.hidden = !painting();
    const keys = painting() ? "arrow keys move the cross, Enter puts a point" : "arrow keys move the point";
    for (const { plane } of panels) {
      plane.setAttribute("role", active ? "application" : "img");
      if (active) {
        plane.tabIndex = 0;
        plane.setAttribute("aria-roledescription", `plane; ${keys}`);
      } else {
        plane.removeAttribute("tabindex");
        plane.removeAttribute("aria-roledescription");
      }
    }
    draw();
  }

  function put() {
    if (own.length >= MOST) return told.say(`${MOST} points are the most; clear them to begin anew.`);
    own.push([...cursor]);
    shown = rows();
    save();
    told.say(`${own.length} ${own.length === 1 ? "point" : "points"}.`);
  }

  function go(to, inking) {
    cursor = to.map((value) => Math.round(1000 * Math.min(REACH, Math.max(-REACH, value))) / 1000);
    if (inking) put();
    draw();
    changed();
  }

  function listen({ plane }) {
    const place = ({ clientX, clientY }) => {
      const box = plane.getBoundingClientRect();
      return [(2 * (clientX - box.left)) / box.width - 1, 1 - (2 * (clientY - box.top)) / box.height].map((share) => share * REACH);
    };
    const follow = (event) => {
      const to = place(event);
      const [x, y] = own.at(-1) ?? [Infinity, Infinity];
      const inking = painting() && !shows.pull;
      go(to, inking && (event.type === "pointerdown" || Math.hypot(to[0] - x, to[1] - y) > APART));
    };
    const down = (event) => {
      if (!cursor || !event.isPrimary || event.button) return;
      plane.setPointerCapture(event.pointerId);
      follow(event);
    };
    const key = (event) => {
      const way = WAYS[event.key];
      if (!cursor || !(way || (event.key === "Enter" && painting()))) return;
      event.preventDefault();
      const by = event.shiftKey ? 0.3 : 0.06;
      if (way) go(cursor.map((value, axis) => value + way[axis] * by), false);
      else go(cursor, true);
      if (way) told.say(`At ${cursor.map((value) => value.toFixed(2).replace("-", "−")).join(", ")}.`);
    };
    plane.addEventListener("pointerdown", down, { signal });
    plane.addEventListener("pointermove", (event) => plane.hasPointerCapture(event.pointerId) && follow(event), { signal });
    plane.addEventListener("keydown", key, { signal });
  }

  // --- Together. ---

  const group = (title, ...names) =>
    h("fieldset", {}, h("legend", {}, title), names.map((name) => (ladders[name] ?? choices[name]).element));
  root.append(
    ticking.controls,
    h("div", { class: "controls" }, choices.toy.element, clear, preset.element, ticking.speed),
    hint,
    empty,
    ticking.fault,
    h("div", { class: "panels" }, panels.map(({ element }) => element)),
    h("div", { class: "controls" }, toggles),
    h("div", { class: "panels wide" },
      group("AE and VAE", "sigma", "beta"),
      group("GAN", "penalty", "judgements", "saturating"),
      h("fieldset", { class: "every" }, h("legend", {}, "All three"), ladders.rate.element, choices.latent.element, seed)),
    h("p", { class: "note" }, "Grey: data. The curve: what the decoder makes of −3 to 3, in the colours of the line below it; ",
      "there, bars are codes (the VAE's with their spread), and the bell is N(0, 1), of which the dark dots are samples. ",
      "The GAN's plane is violet where D holds a point for real, grey where for made."),
    ticking.where,
    told.element,
  );
  panels.forEach(listen);
  points();
  arm();
  onTheme(draw, signal);
  ticking.watch(root);
}
