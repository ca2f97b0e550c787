// Starts the views of a page as they come into sight, each with the networks and results that it needs, and stops
// them when the page is left. A view that can begin without a network asks for it by `network(name)`, a promise. One
// that cannot start says why, in place, and the others go on.

import { Network } from "./network.js";
import { results } from "./npz.js";
import { button, h, toggle } from "./ui.js";

const DATA = new URL("../../data/results/", import.meta.url);
const WRONG = 0.01; // a network further from what PyTorch computed than this is another network

/** Start the page's views; the signal stops them. */
export function start(leaving) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        begin(target, leaving);
      }
    },
    { rootMargin: "200px" },
  );
  for (const box of document.querySelectorAll("[data-view]")) {
    box.querySelector(":scope > .needs")?.remove(); // from here on, what happens is told by the view
    seen.observe(box);
  }
  leaving.addEventListener("abort", () => seen.disconnect());
}

let dressed = null;

/** The style sheet is fetched by the pages that need it; without it no view is fit to be seen. */
function dress() {
  dressed ??= new Promise((resolve, reject) => {
    const error = () => {
      dressed = null;
      link.remove();
      reject(new Error("its style sheet could not be loaded. Is there a connection?"));
    };
    const link = h("link", { rel: "stylesheet", href: new URL("playground.css", import.meta.url), load: resolve, error });
    document.head.append(link);
  });
  return dressed;
}

async function begin(box, signal) {
  const { view, of } = box.dataset;
  const notice = h("p", { class: "notice", role: "status" }, "Loading …");
  const root = h("div", { class: "live" });
  box.prepend(notice);
  let module = null;
  try {
    module = await code(view);
    const needs = typeof module.needs === "function" ? module.needs(of) : module.needs;
    const [networks, data] = await Promise.all([gathered(needs.networks, network), gathered(needs.results, load), dress()]);
    if (signal.aborted) return;
    try {
      module.mount({ root, networks, network, data, of, state: state(box, signal), signal });
    } catch (error) {
      throw new Error(`its data do not fit this page (${error.message}).`);
    }
    box.append(root);
    if (box.closest("figure:not(.hero *)") && box.querySelector(":scope > img")) {
      // The caption and the text are about the figure, which stays within reach.
      box.append(toggle("Figure as published", false, (still) => box.toggleAttribute("data-still", still)));
    }
    box.dataset.state = "live"; // the style sheet hides the picture that stood in
    notice.remove();
  } catch (error) {
    if (signal.aborted) return;
    box.dataset.state = "failed";
    const again = button("Try again", async () => {
      notice.remove();
      if (!module && (await answers(place(view)))) location.reload();
      else begin(box, signal);
    });
    notice.replaceChildren(`This view could not start: ${error.message} A picture stands in for it. `, again);
  }
}

const place = (view) => new URL(`views/${view}.js`, import.meta.url);

/** A view's module. Firefox keeps one that did not come, or whose own imports did not, until the page is loaded anew. */
const code = (view) =>
  import(place(view)).catch((error) => {
    throw new Error(`the code of ${view} could not be loaded. Is there a connection?`, { cause: error });
  });

/** Whether something is there now; without a connection, to load the page anew would lose it. */
const answers = (address) => fetch(address, { cache: "no-store" }).then(({ ok }) => ok, () => false);

async function gathered(names = [], get) {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await get(name)])));
}

const load = (name) => results(new URL(`${name}.npz`, DATA));

const built = new Map();

/** A published network that computes what it should; built once, shared by the views. */
async function network(name) {
  const arrays = await load(`playground/${name}`);
  if (!built.has(name)) {
    let made;
    try {
      made = new Network(arrays);
    } catch (error) {
      throw new Error(`${name}.npz does not fit this page: ${error.message}.`);
    }
    if (!(made.error() < WRONG)) throw new Error(`${name}.npz does not compute what it should.`);
    built.set(name, made);
  }
  return built.get(name);
}

/** A view's state is a parameter of the address, so that a link leads back to it; written once it was touched. */
function state(box, signal) {
  const { view } = box.dataset;
  let touched = false;
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  for (const type of ["pointerdown", "keydown", "input", "click"]) {
    box.addEventListener(type, () => (touched = true), { capture: true, signal });
  }
  const changed = (text) => {
    const address = new URL(location);
    address.searchParams.set(view, text);
    address.hash = box.closest("[id]").id; // its own, or its figure's
    return address;
  };
  return {
    read: () => new URLSearchParams(location.search).get(view),
    write(text) {
      clearTimeout(timer); // browsers forbid a change at every frame
      if (touched) timer = setTimeout(() => history.replaceState(history.state, "", changed(text)), 150);
    },
  };
}
