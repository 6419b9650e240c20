/**
 * What the page does by itself: show what is chosen, scale the picture, and, where it is served, take what its server sends. It makes no markup of its own: all of it was made, and escaped, by
 * whoever wrote the page.
 */
export const pageScript = `
"use strict";
{
  const drawing = document.getElementById("drawing");
  const details = document.getElementById("details");
  let zoom = 0;
  const choose = () => {
    const id = location.hash.slice(1);
    const wanted = (id && details.querySelector("#" + CSS.escape(id))) || details.querySelector("#overview");
    for (const one of details.querySelectorAll("section")) one.classList.toggle("shown", one === wanted);
    for (const one of drawing.querySelectorAll("a")) one.classList.toggle("chosen", one.getAttribute("href") === "#" + id);
  };
  const scale = () => {
    const picture = drawing.querySelector("svg");
    const { width, height } = picture.viewBox.baseVal;
    // As large as there is room, but never so small that it cannot be read, and on no screen larger than it was made.
    const fit = Math.min(1.25, Math.max(0.62, (drawing.clientWidth - 16) / width));
    const factor = fit * Math.pow(1.2, zoom);
    picture.setAttribute("width", width * factor);
    picture.setAttribute("height", height * factor);
  };
  const show = () => { choose(); details.scrollTop = 0; };
  // Following a link would take the focus from it, and who has no mouse begins again at the first element.
  const go = (href) => { history.pushState(null, "", href); show(); };
  drawing.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  addEventListener("hashchange", show);
  addEventListener("popstate", show);
  addEventListener("resize", scale);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") go("#overview");
  });
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const step = Number(button.dataset.zoom);
      zoom = step === 0 ? 0 : zoom + step;
      scale();
    });
  }
  const live = (isLive) => {
    const sign = document.querySelector(".live");
    sign.hidden = false;
    sign.textContent = isLive ? "live" : "no longer live";
    sign.classList.toggle("lost", !isLive);
  };
  if (document.documentElement.dataset.served !== undefined) {
    const events = new EventSource("events");
    events.onmessage = ({ data }) => {
      const focused = document.activeElement?.closest?.("#drawing a")?.getAttribute("href");
      const parts = JSON.parse(data);
      for (const [id, content] of Object.entries(parts)) document.getElementById(id).innerHTML = content;
      choose();
      scale();
      live(true);
      if (focused) drawing.querySelector('a[href="' + CSS.escape(focused) + '"]')?.focus({ preventScroll: true });
    };
    events.onerror = () => live(false);
  }
  choose();
  scale();
}
`;
