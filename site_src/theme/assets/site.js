// Turns the link to each animation into a button that plays it in place and stops it again. Nothing moves unasked.
// Material announces every page it shows on document$, the first one included.

function addPlayer(figure) {
  const links = figure.querySelector(".play");
  const shown = [...figure.querySelectorAll("img")];
  const gifs = [...links.querySelectorAll("a")].map((link) => link.href);
  const stills = shown.map((image) => image.src);
  const caption = figure.querySelector(".figure-number").textContent.replace(".", "");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "play-button";

  const show = (playing) => {
    figure.classList.toggle("playing", playing);
    // The fragment names the theme a picture belongs to; the stylesheet hides the other theme's by it.
    shown.forEach((image, i) => {
      image.src = playing ? gifs[i] + new URL(stills[i]).hash : stills[i];
    });
    button.textContent = playing ? "Stop" : "Play";
    button.setAttribute("aria-label", `${button.textContent} the animation of ${caption.toLowerCase()}`);
  };

  button.addEventListener("click", () => show(!figure.classList.contains("playing")));
  show(false);
  links.replaceChildren(button);
}

function prepare() {
  document.querySelectorAll("figure.animation:not([data-ready])").forEach((figure) => {
    figure.dataset.ready = "";
    addPlayer(figure);
  });
  // What is too wide scrolls in its own box, which the keyboard must be able to reach.
  document.querySelectorAll(".md-typeset__scrollwrap, .formula, pre > code").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
}

// The playground's code is fetched by the pages that have one of its views, and told when they are left.
const playground = new URL("playground/main.js", document.currentScript.src);
let leave = () => {};

async function play() {
  leave();
  leave = () => {};
  if (!document.querySelector("[data-view]")) return;
  const { start } = await import(playground);
  leave();
  leave = start();
}

document$.subscribe(prepare);
document$.subscribe(play);
