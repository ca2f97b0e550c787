// Starts the views of a page as they come into sight, each with the networks and results that it needs, and stops
// them when the page is left. A view that can begin without a network asks for it by `network(name)`, a promise. One
// that cannot start says why, in place, and the others go on.

import { needs } from "./needs.js";
import { Network } from "./network.js";
import { results } from "./npz.js";
import { button, h, toggle } from "./ui.js";

const DATA = new URL("../../data/results/", import.meta.url);
const WRONG = 0.01; // a network further from what PyTorch computed than this is another network
const LOST = "module"; // the cause of an error

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
    awaited(box);
    seen.observe(box);
  }
  leaving.addEventListener("abort", () => seen.disconnect());
}

/** The keyboard stops at a view that has not started, which then does, and gets the focus where it is used. */
function awaited(box) {
  for (const [name, value] of [["tabindex", 0], ["role", "group"], ["aria-label", "Live view, starts when it is reached"]]) {
    box.setAttribute(name, value);
  }
}

/** What was reached by keyboard before it was there has the focus now. */
function arrived(box) {
  const reached = document.activeElement === box;
  for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  if (reached) box.querySelector(":is(canvas[tabindex], button, input, select):not(:disabled)")?.focus();
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
  try {
    const [{ mount }, networks, data] = await gathered(needs(view, of), view);
    if (signal.aborted) return;
    try {
      mount({ root, networks, network, data, of, state: state(box, signal), signal });
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
      // Firefox keeps a module that did not come, or whose own imports did not, until the page is loaded anew.
      if (error.cause === LOST && (await answers(place(`views/${view}`)))) location.reload();
      else begin(box, signal);
    });
    notice.replaceChildren(`This view could not start: ${error.message} A picture stands in for it. `, again);
  }
  arrived(box);
}

/** A view's module, its networks and its results, all asked for at once. */
function gathered({ code, networks, later, results: files }, view) {
  if (later.length) early(later);
  const all = Promise.all([`views/${view}`, ...code].map((name) => import(place(name)))).then(
    ([module]) => module,
    () => Promise.reject(new Error(`the code of ${view} could not be loaded. Is there a connection?`, { cause: LOST })),
  );
  return Promise.all([all, named(networks, network), named(files, load), dress()]);
}

/** The first comes before the others, which would slow it down; the view tells of those that do not come. */
async function early([first, ...others]) {
  for (const names of [[first], others]) await Promise.allSettled(names.map(network));
}

const named = async (names, get) => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await get(name)])));

const place = (name) => new URL(`${name}.js`, import.meta.url);

/** Whether something is there now; without a connection, to load the page anew would lose it. */
const answers = (address) => fetch(address, { cache: "no-store" }).then(({ ok }) => ok, () => false);

/** What `get` promises for a name, asked for once unless it failed; views share it and change nothing in it. */
function once(get) {
  const asked = new Map();
  return (name) => {
    if (!asked.has(name)) {
      asked.set(name, get(name));
      asked.get(name).catch(() => asked.delete(name));
    }
    return asked.get(name);
  };
}

const load = once((name) => results(new URL(`${name}.npz`, DATA)));

/** A published network that computes what it should. */
const network = once(async (name) => {
  const arrays = await results(new URL(`playground/${name}.npz`, DATA));
  let made;
  try {
    made = new Network(arrays);
  } catch (error) {
    throw new Error(`${name}.npz does not fit this page: ${error.message}.`);
  }
  if (!(made.error() < WRONG)) throw new Error(`${name}.npz does not compute what it should.`);
  return made;
});

/** A view's state is a parameter of the address, so that a link leads back to it; written once it was touched. */
function state(box, signal) {
  const { view } = box.dataset;
  let touched = false;
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  for (const type of ["pointerdown", "keydown", "input", "click"]) {
    box.addEventListener(type, ({ key }) => (touched ||= key !== "Tab"), { capture: true, signal });
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

// The first screen is asked for as soon as this is there, before other scripts have run.
for (const { dataset } of document.querySelectorAll(".hero [data-view]")) {
  gathered(needs(dataset.view), dataset.view).catch(() => {}); // told when it is to start
}
