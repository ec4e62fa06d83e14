// Draws the pictures of a page. Each figure has a table beside it with the same numbers, for whoever sees no picture.
const REDRAW_AFTER = 60; // pixels by which the room must change before a picture is drawn anew
const drawnAt = new WeakMap();

async function draw(place) {
  const width = Math.floor(place.clientWidth);
  if (width === 0 || Math.abs(width - (drawnAt.get(place) ?? -REDRAW_AFTER)) < REDRAW_AFTER) return;
  drawnAt.set(place, width);
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${place.dataset.spec}&_largeur=${width}`);
    if (!answer.ok) throw new Error(String(answer.status));
    await import(place.dataset.vega); // 0.9 MB, so only where a picture comes near
    await window.vegaEmbed(place, await answer.json(), {
      ast: true,
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
    });
    describe(place);
  } catch {
    place.textContent = place.dataset.failure;
  }
  place.removeAttribute("aria-busy");
}

// One picture with one name is easier to listen to than a hundred shapes: the table has the numbers.
function describe(place) {
  const picture = place.querySelector("svg");
  for (const part of picture.querySelectorAll("[role], [aria-label], [aria-roledescription], [aria-hidden]")) {
    for (const name of ["role", "aria-label", "aria-roledescription", "aria-hidden"]) part.removeAttribute(name);
  }
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", place.dataset.label);
}

const near = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
      new ResizeObserver(() => draw(target)).observe(target);
    }
  },
  { rootMargin: "300px" },
);
for (const place of document.querySelectorAll("[data-spec]")) {
  place.replaceChildren(); // what stands there is for readers without scripts
  near.observe(place);
}
