// Plays each animation of a page in the place of its still: play, pause, and frame by frame. Nothing moves unasked
// but a figure in a `.hero`, once and briefly. A GIF is fetched when it is first wanted.

import { fetched } from "./fetched.js";
import { painter, read } from "./gif.js";
import { h, onTheme } from "./playground/ui.js";

const LONGEST = 4500; // milliseconds; what moves unasked has to stop within five seconds, and timers may be late
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Put a player into each of the page's animations; the signal stops them. */
export function start(leaving) {
  const players = new Map();
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries) {
        const { pause, unasked } = players.get(target);
        if (!isIntersecting) pause();
        else if (intersectionRatio >= 0.5 && target.closest(".hero")) unasked();
      }
    },
    { threshold: [0, 0.5] },
  );
  for (const figure of document.querySelectorAll("figure.animation:not(:has(> [data-view]))")) {
    players.set(figure, player(figure, leaving));
    seen.observe(figure);
  }
  const stop = () => players.forEach(({ pause }) => pause());
  document.addEventListener("visibilitychange", () => document.hidden && stop(), { signal: leaving });
  leaving.addEventListener("abort", () => {
    seen.disconnect();
    stop();
  });
}

function player(figure, leaving) {
  const { name, links, button, range, counter, notice, canvas } = furnish(figure, { toggle, step });
  const context = canvas.getContext("2d");
  const films = new Map(); // by address: what to paint, and for how long

  let index = count() - 1; // the still is the last frame
  let playing = false;
  let timer = 0;
  let fresh = true; // nobody has touched it, and it has not moved
  let limited = false; // it moves, and nobody has asked for it
  let end = 0; // when it stops if so; 0 until it moves
  tell();
  onTheme(() => {
    const position = index / Math.max(1, range.max - 1);
    index = Math.round(position * (count() - 1));
    if (figure.classList.contains("moving")) draw();
    else tell();
  }, leaving);
  return { pause, unasked };

  /** The link to the GIF of the theme on show. */
  function link() {
    return links[document.body.dataset.mdColorScheme === "slate" ? 1 : 0];
  }

  function count() {
    return Number(link().dataset.frames);
  }

  function film({ href, dataset }) {
    if (!films.has(href)) {
      const reading = fetched(href, (bytes) => {
        const gif = read(bytes);
        if (gif.frames.length !== Number(dataset.frames)) throw new Error("it has another number of frames");
        return { delays: gif.frames.map((frame) => frame.delay), paint: painter(gif) };
      });
      films.set(href, reading);
      reading.catch(() => films.delete(href)); // so that it can be tried again
    }
    return films.get(href);
  }

  function tell() {
    range.max = count();
    range.value = index + 1;
    range.setAttribute("aria-valuetext", `${index + 1} of ${count()}`);
    counter.textContent = `${index + 1} / ${count()}`;
    button.textContent = playing ? "Pause" : "Play";
    button.setAttribute("aria-label", `${button.textContent} the animation of ${name}`);
    button.classList.toggle("pause", playing);
  }

  function toggle() {
    if (playing) pause();
    else play();
  }

  function play() {
    fresh = false;
    playing = true;
    index = (index + 1) % count();
    tick();
  }

  function pause() {
    if (!playing) return;
    clearTimeout(timer);
    playing = limited = false;
    tell();
  }

  function step(to) {
    fresh = false;
    index = (to(index) + count()) % count();
    pause();
    draw();
  }

  function unasked() {
    if (!fresh || calm.matches) return;
    limited = true;
    play();
  }

  async function tick() {
    const delays = await draw();
    if (!delays || !playing) return;
    const delay = delays[index];
    if (limited && (index === count() - 1 || over(performance.now(), delay))) {
      pause();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      index = (index + 1) % count();
      tick();
    }, delay);
  }

  /** Whether the time that it may move unasked would be over after this frame. */
  function over(now, delay) {
    end ||= now + LONGEST;
    return now + delay > end;
  }

  /** Show the frame that is wanted once its film is there, and return every frame's delay; null if it is not to be. */
  async function draw() {
    tell();
    const wanted = link();
    if (!figure.classList.contains("moving")) counter.textContent = "Loading";
    try {
      const { paint, delays } = await film(wanted);
      if (leaving.aborted) return null;
      if (wanted !== link()) return draw();
      context.putImageData(paint(index), 0, 0);
      figure.classList.add("moving"); // the style sheet shows the canvas instead of the still
      notice.textContent = "";
      tell();
      return delays;
    } catch (error) {
      pause();
      figure.classList.remove("moving");
      index = count() - 1;
      tell();
      notice.textContent = `${error.message} The still stands in for the animation.`;
      return null;
    }
  }
}

/** Put the player's elements into the figure: the links become downloads, with the controls before them. */
function furnish(figure, { toggle, step }) {
  const name = figure.querySelector(".figure-number").textContent.replace(".", "").toLowerCase();
  const bar = figure.querySelector(".play");
  const links = [".only-light", ".only-dark"].map((theme) => bar.querySelector(theme));
  for (const link of links) {
    link.textContent = "GIF";
    link.download = "";
    link.setAttribute("aria-label", `GIF of ${name}`);
  }
  const still = figure.querySelector("img");
  const [width, height] = ["width", "height"].map((side) => still.getAttribute(side)); // the properties are as laid out
  const canvas = h("canvas", { width, height, role: "img", "aria-label": still.alt });
  const push = (text, label, to) =>
    h("button", { type: "button", class: "step", "aria-label": `${label} of ${name}`, click: () => step(to) }, text);
  const button = h("button", { type: "button", class: "play-button", click: toggle });
  const back = push("‹", "Previous frame", (index) => index - 1);
  const moved = () => step(() => range.value - 1);
  const range = h("input", { type: "range", min: 1, "aria-label": `Frame of ${name}`, input: moved });
  const forth = push("›", "Next frame", (index) => index + 1);
  const counter = h("span", { class: "counter", "aria-hidden": "true" });
  const notice = h("span", { class: "notice", role: "status" });
  bar.before(canvas);
  bar.replaceChildren(button, back, range, forth, counter, ...links, notice);
  return { name, links, button, range, counter, notice, canvas };
}
