// What every page gains with JavaScript; without it everything works by its links.
(() => {
  "use strict";

  // The same place of the page in another language.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".langs a");
    if (link) link.hash = window.location.hash;
  });

  // Words of a text that an address leads to: what was coded from them stands open beside them.
  const unfold = () => {
    const stretch = document.getElementById(window.location.hash.slice(1));
    const folded = stretch?.matches(".stretch") && stretch.closest(".row").querySelector(".coded");
    if (folded) folded.open = true;
  };
  window.addEventListener("hashchange", unfold);
  unfold();
})();
