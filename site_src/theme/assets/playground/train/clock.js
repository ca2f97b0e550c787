// The clock of a view whose models are trained: what plays, stops, steps and restarts them, and how fast. To the
// trainer goes a message at a time, and each answer is a picture.

import { FAMILIES, button, choice, h, onFrame } from "../ui.js";
import { client } from "./client.js";

/**
 * `view` says whose trainer answers; `told` is the view's live region. `message()` is what is wanted now, besides the
 * steps, `ready()` whether there is anything to learn, `drawn()` paints `look`, `begun()` is called at a new start and
 * `words()` say where things stand. A picture comes after `slice` milliseconds of training at the latest, and the
 * clock stops by itself every `rest` steps. `speeds` are [steps a second, text].
 */
export function clock({ view, signal, told, message, ready = () => true, drawn, begun, words, counted, slice, rest, speeds, speed }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let [run, steps, look] = [0, 0, null];
  let playing = !calm;
  let rested = false; // paused by itself
  let owed = 0; // steps that were asked for one by one
  let stale = false; // something was asked for while an answer was still to come
  let [seen, last] = [false, 0];
  let pace = { steps: 0, time: 0, rate: 0 };

  const trainer = client({
    view,
    signal,
    answered,
    alone: () => (where.textContent = "No worker could be started: the training runs in this page, in small slices."),
    failed(error) {
      pause();
      fault.hidden = false;
      fault.replaceChildren(`The training cannot go on: ${error.message} `, button("Start again", restart));
    },
  });

  function ask() {
    if (signal.aborted) return;
    if (trainer.busy) return void (stale = true);
    const count = owed || due();
    if (playing && !owed && !count && look) return void requestAnimationFrame(tick);
    trainer.ask({ ...message(), run, steps: count, time: owed ? 1000 : slice });
    [owed, stale] = [0, false];
  }

  /** How many steps the clock asks for now. */
  function due() {
    const now = performance.now();
    const passed = Math.min(1, (now - last) / 1000);
    if (!playing || !ready()) return 0;
    const count = Math.min(1e6, Math.floor(passed * Number(pick.value)));
    if (count > 0) last = now;
    return Math.min(count, rest - (steps % rest));
  }

  function answered(answer) {
    if (answer.run !== run) return ask();
    const before = steps;
    [look, steps] = [answer, answer.steps];
    measure(steps - before);
    draw();
    if (answer.diverged) return diverged(answer.diverged);
    if (playing && before !== steps && steps % rest === 0) {
      pause();
      rested = true;
      tell();
    }
    if (owed || (stale && !playing)) ask();
    else if (document.hidden) requestAnimationFrame(tick); // once it is shown again
    else tick();
  }

  const tick = () => playing && seen && ask();

  function measure(count) {
    const now = performance.now();
    pace.steps += count;
    if (now - pace.time < 1000) return;
    pace = { steps: 0, time: now, rate: pace.time ? (1000 * pace.steps) / (now - pace.time) : 0 };
  }

  function diverged(name) {
    pause();
    fault.hidden = false;
    fault.replaceChildren(
      `The ${FAMILIES[name]} diverged in step ${steps}: its loss is no number any more. `,
      button("Start again", restart),
    );
  }

  function play() {
    [playing, rested, last, pace] = [true, false, performance.now(), { steps: 0, time: 0, rate: 0 }];
    plays.textContent = "Pause";
    ask();
  }

  function pause() {
    playing = false;
    plays.textContent = "Play";
    draw();
  }

  /** Begin anew with what is set. */
  function restart() {
    [run, steps, look, owed] = [run + 1, 0, null, 0];
    fault.hidden = true;
    begun();
    draw();
    if (rested) play();
    else ask();
  }

  const tell = () => told.say(`After ${steps} steps. ${words()}`);

  const draw = onFrame(() => {
    drawn();
    count.textContent = counted(steps);
    rate.textContent = playing && pace.rate ? `now ${Math.round(pace.rate)}` : "";
  }, signal);

  const pick = choice("Speed", speeds, speed, () => (last = performance.now()));
  const plays = button(playing ? "Pause" : "Play", () => {
    if (playing) {
      pause();
      tell();
    } else play();
  });
  const step = button("One step", () => {
    pause();
    owed++;
    ask();
    setTimeout(tell, 300);
  });
  const again = button("Restart", () => {
    restart();
    told.say("Started again.");
  });
  const [count, rate, where, fault] = [
    h("span", { class: "count" }),
    h("span", { class: "count" }),
    h("p", { class: "note", role: "status" }),
    h("p", { class: "fault", role: "alert", hidden: "" }),
  ];

  return {
    get look() { return look; },
    get steps() { return steps; },
    get playing() { return playing; },
    calm, draw, play, restart, where, fault,
    controls: h("div", { class: "controls stays" }, plays, step, again, count),
    speed: h("span", {}, pick.element, " ", rate),
    /** Something was set: while nothing moves, look again. */
    changed: () => playing || ask(),
    /** Nothing is trained that nobody sees. */
    watch(root) {
      const watcher = new IntersectionObserver((entries) => {
        seen = entries.at(-1).isIntersecting; // the latest, where several have come together
        last = performance.now();
        if (seen) ask();
      });
      watcher.observe(root);
      signal.addEventListener("abort", () => watcher.disconnect());
    },
  };
}
