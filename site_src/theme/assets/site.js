// Material announces every page it shows on document$, the first one included.

// Modules are fetched by the pages that have something for them; `start` is given a signal that the page was left.
const MODULES = { "[data-view]": "playground/main.js", "figure.animation": "player.js" };
const assets = document.currentScript.src;
let leaving = new AbortController();

function enliven() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  for (const [selector, file] of Object.entries(MODULES)) {
    if (!document.querySelector(selector)) continue;
    import(new URL(file, assets)).then(({ start }) => signal.aborted || start(signal));
  }
}

// What is too wide scrolls in its own box, which the keyboard must be able to reach.
function reachable() {
  document.querySelectorAll(".md-typeset__scrollwrap, .formula, pre > code").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
}

document$.subscribe(enliven);
document$.subscribe(reachable);
