// The reparameterisation: the encoder's Gaussian for one image, close up, epsilon after epsilon drawn from it, and what
// the two terms of the loss make of each.

import { cloud, divergence, reconstruction, reparameterised } from "../bound.js";
import { after, drawings, drawn, meant, pack } from "../drawing.js";
import { Plot } from "../plot.js";
import { gaussian, uniform } from "../random.js";
import { breather } from "../search.js";
import { button, digit, family, h, onFrame, onTheme, status } from "../ui.js";

const SEED = 1; // everyone's first epsilon is the same, so that a link shows the same draws
const MOST = 300; // draws of one image
const REACH = 4; // deviations around the mean that the picture shows

const fixed = (value, places) => value.toFixed(places).replace("-", "−");
const listed = (values) => `(${values.map((value) => fixed(value, 2)).join(", ")})`;

export function mount({ root, networks: { vae_2d_encoder: encoder, vae_2d: decoder }, data, state, signal }) {
  const digits = data["playground/digits"];
  const told = status();
  told.element.classList.add("unseen");
  const [image, rebuilt] = [digit(), digit()];
  const plot = new Plot({ x: [-1, 1], y: [-1, 1] });
  Object.assign(plot, { coloured: false, size: 7 });
  const parts = [h("span"), h("span"), h("span")]; // of the formula
  const source = h("span", { class: "note" });
  const rows = ["Reconstruction", "KL", "Sum"].map((name) => ({ name, now: h("td"), mean: h("td") }));
  const [seen, count] = [h("th", { scope: "col" }, "this ε"), h("th", { scope: "col" })];
  let is; // the image
  let gauss; // its cloud
  let kl;
  let next; // draws from N(0, 1)
  let codes; // of all draws
  let sum;
  let last; // {epsilon, loss} of the last draw
  let playing;

  function once() {
    const epsilon = [next(), next()];
    const z = reparameterised(gauss, epsilon);
    const pixels = decoder.run(z);
    const loss = reconstruction(is.pixels, pixels);
    sum += loss;
    codes.push(...z);
    last = { epsilon, z, pixels, loss };
  }

  const draw = onFrame(() => {
    const draws = codes.length / 2;
    const { epsilon, z, pixels, loss } = last;
    rebuilt.show(pixels);
    plot.dots = { codes, labels: new Uint8Array(draws) };
    plot.point = z;
    plot.settle();
    count.textContent = `mean of ${draws}`;
    const [now, mean] = [loss, sum / draws];
    [[now, mean], [kl, kl], [now + kl, mean + kl]].forEach(([a, b], i) => {
      rows[i].now.textContent = fixed(a, 1);
      rows[i].mean.textContent = fixed(b, 1);
    });
    const words = [`μ = ${listed(gauss.mean)}, σ = ${listed(gauss.deviation)}`, `ε = ${listed(epsilon)}`, `z = μ + σε = ${listed(z)}`];
    words.forEach((text, i) => (parts[i].textContent = text));
    plot.canvas.setAttribute("aria-label", `The VAE's plane, close up: draw ${draws}, ${words.join("; ")}`);
    rebuilt.name(`Rebuilt from draw ${draws}`);
    if (!playing) {
      told.say(`Draw ${draws}: reconstruction ${fixed(now, 1)} nats, KL ${fixed(kl, 1)}; on average ${fixed(mean + kl, 1)} together.`);
    }
    state.write(`${is.text}_${draws}`);
  }, signal);

  /** Begin with an image and so many draws. */
  async function begin(wanted, draws = 1) {
    hold();
    is = wanted;
    gauss = cloud(encoder.run(is.pixels));
    kl = divergence(gauss);
    [next, codes, sum] = [gaussian(uniform(SEED)), [], 0];
    const room = REACH * Math.max(...gauss.deviation);
    const [x, y] = gauss.mean.map((value) => [value - room, value + room]);
    Object.assign(plot, { x, y, centre: gauss.mean, ellipse: gauss.deviation.map((value) => 2 * value) });
    image.show(is.pixels);
    image.name(is.name);
    source.textContent = is.name;
    const pause = breather(() => signal.aborted || is !== wanted);
    do {
      once();
      draw();
      await pause();
    } while (codes.length / 2 < draws);
  }

  function again() {
    if (codes.length / 2 >= MOST) return begin(is);
    once();
    draw();
  }

  function hold() {
    playing = void clearInterval(playing);
    keep.textContent = "Keep drawing";
  }

  const keep = button("Keep drawing", () => {
    if (playing) return hold(), draw();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    playing = setInterval(() => {
      again();
      if (codes.length / 2 >= MOST) hold();
    }, calm ? 1200 : 125);
    keep.textContent = "Stop drawing";
  });
  signal.addEventListener("abort", () => clearInterval(playing));
  const own = button("My drawing", () => begin(meant(`d${pack(drawn)}`, digits)));
  const allow = () => (own.disabled = !drawn);
  drawings.addEventListener("change", allow, { signal });
  allow();

  root.append(
    h("div", { class: "beside" }, plot.canvas,
      h("div", { class: "panel" }, family("vae"), image.element, source, rebuilt.element, h("span", { class: "note" }, "rebuilt from z"))),
    h("div", { class: "controls" },
      button("Draw ε again", () => (hold(), again())), keep,
      button("Next test digit", () => begin(meant(after(is, digits), digits))), own),
    h("div", { class: "note terms" }, parts),
    h("table", { class: "nats" },
      h("thead", {}, h("tr", {}, h("td", {}, "nats"), seen, count)),
      h("tbody", {}, rows.map(({ name, now, mean }) => h("tr", {}, h("th", { scope: "row" }, name), now, mean)))),
    h("p", { class: "note" }, "The ellipse is two standard deviations about μ, the dots are the draws so far. The KL needs no draw. The sum's mean over all ε is −ELBO; a step of training takes one ε."),
    told.element,
  );
  const [text, draws] = (state.read() ?? "").split("_");
  begin(meant(text, digits) ?? meant(after({}, digits), digits), Math.min(MOST, Number(draws) || 1));
  onTheme(() => {
    plot.settle();
    image.again();
    rebuilt.again();
  }, signal);
}
