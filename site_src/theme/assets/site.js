// Material announces every page it shows on document$, the first one included.

// Modules are fetched by the pages that have something for them; `start` is given a signal that the page was left. Pages
// opened from disk can have none (main.html tells): a link leads to each animation, and each view says what it needs.
const VIEWS = "[data-view]";
const MODULES = { [VIEWS]: "playground/main.js", "figure.animation": "player.js" };
const assets = document.currentScript.src;
const place = (file) => new URL(file, assets);
let leaving = new AbortController();

function enliven() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  if (!document.documentElement.classList.contains("served")) return;
  for (const [selector, file] of Object.entries(MODULES)) {
    if (!document.querySelector(selector)) continue;
    import(place(file))
      .then(({ start }) => signal.aborted || start(signal))
      .catch((error) => {
        if (!signal.aborted && selector === VIEWS) tell(file);
        throw error;
      });
  }
}

/** Say in place that the views' code did not come; a link to an animation works without. */
function tell(file) {
  for (const view of document.querySelectorAll(VIEWS)) {
    const note = view.querySelector(":scope > .needs") ?? document.createElement("p");
    const again = document.createElement("button");
    Object.assign(again, { type: "button", className: "md-button", textContent: "Try again" });
    // A module that did not come is kept by some browsers until the page is loaded anew, which needs a connection.
    again.onclick = () => fetch(place(file), { cache: "no-store" }).then(({ ok }) => ok && location.reload(), () => {});
    note.className = "needs";
    note.replaceChildren(`This view could not start: ${file} could not be loaded. A picture stands in for it. `, again);
    view.prepend(note);
    view.dataset.state = "failed";
  }
}

// A search that Material does not run opens and closes all the same, and tells what it needs.
function searchless() {
  const field = document.querySelector(".md-search:not([data-md-component]) input");
  if (!field) return;
  const open = document.querySelector("[data-md-toggle=search]");
  field.readOnly = true;
  field.setAttribute("aria-describedby", "search-needs");
  field.addEventListener("focus", () => (open.checked = true));
  field.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" || key === "Tab") open.checked = false;
    if (key === "Escape") field.blur();
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
}

// What is too wide scrolls in its own box, which the keyboard must be able to reach. All are measured before any is
// changed: a page with many formulas would be laid out again for each.
const scrolling = new ResizeObserver((entries) => {
  const wide = entries.map(({ target }) => target.scrollWidth > target.clientWidth);
  entries.forEach(({ target }, i) => (wide[i] ? target.setAttribute("tabindex", 0) : target.removeAttribute("tabindex")));
});

function reachable() {
  scrolling.disconnect();
  document.querySelectorAll(".md-typeset__scrollwrap, .formula, pre > code").forEach((box) => scrolling.observe(box));
}

// On narrow screens a chapter of the menu opens, and closes, by a label; Material takes Enter on one that has the focus.
const narrow = matchMedia("(max-width: 76.2344em)");

function chapters() {
  document.querySelectorAll(".md-nav__item--section > label, .md-nav--primary label.md-nav__title").forEach((label) => {
    label.tabIndex = narrow.matches ? 0 : -1;
  });
}

narrow.addEventListener("change", chapters);
document$.subscribe(chapters);

// Material puts the button that copies a block of code into a landmark without a name.
function unnamed() {
  document.querySelectorAll(".md-code__nav").forEach((nav) => nav.setAttribute("role", "presentation"));
}

document$.subscribe(unnamed);
document$.subscribe(enliven);
document$.subscribe(reachable);
searchless();
document.documentElement.classList.add("lively");
