// What the list gains with JavaScript; without it everything works by its form and links.
(() => {
  "use strict";
  // Back must bring the ticked boxes too, so pages come from the server, not from a cache.
  if (window.htmx) {
    Object.assign(window.htmx.config, {
      historyCacheSize: 0,
      refreshOnHistoryMiss: true,
      allowEval: false,
      includeIndicatorStyles: false,
    });
  }

  // A long list of values gets a field that narrows it.
  for (const facet of document.querySelectorAll("details.long")) {
    const field = document.createElement("input");
    field.type = "search";
    field.className = "narrow";
    field.dir = "auto";
    field.placeholder = facet.closest("form").dataset.narrow;
    field.setAttribute("aria-label", field.placeholder);
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLocaleLowerCase();
      for (const row of facet.querySelectorAll("li")) {
        row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      }
    });
    // It narrows what is shown; it asks the server nothing.
    field.addEventListener("change", (event) => event.stopPropagation());
    facet.querySelector("fieldset").prepend(field);
  }

  const form = document.getElementById("filters");
  if (!form) return;

  // Empty fields and defaults do not belong in an address that is shared.
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form) return;
    const sent = event.detail.formData;
    const order = form.elements.q.value ? "relevance" : "start";
    const plain = { q: "", from: "", to: "", dates: "possibly", order };
    for (const [name, value] of Object.entries(plain)) {
      if (sent.get(name) === value) sent.delete(name);
    }
  });

  // The new counts stand in the answer's form; the form itself stays, and with it the focus.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr) return;
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    if (event.detail.xhr.status === 400) {
      window.location = event.detail.xhr.responseURL;
      return;
    }
    for (const count of page.querySelectorAll("#filters .n")) {
      const here = document.getElementById(count.id);
      if (!here) continue;
      here.textContent = count.textContent;
      here.closest("li").classList.toggle("none", count.closest("li").classList.contains("none"));
    }
  });
})();
