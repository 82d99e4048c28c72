// What the list gains with JavaScript; without it everything works by its form and links.
(() => {
  "use strict";
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

  keepPicks();
  const form = document.getElementById("filters");
  if (!form) return;
  // The list chooses its order by itself until a reader does.
  let ordered = new URLSearchParams(window.location.search).has("order");
  form.addEventListener("change", (event) => {
    if (event.target.name === "order") ordered = true;
  });

  // Empty fields and defaults do not belong in an address that is shared.
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form) return;
    const sent = event.detail.formData;
    const plain = { q: "", from: "", to: "", dates: "possibly" };
    for (const [name, value] of Object.entries(plain)) {
      if (sent.get(name) === value) sent.delete(name);
    }
    if (!ordered) sent.delete("order");
  });

  // The new counts stand in the answer's form; the form itself stays, and with it the focus.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr) return;
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    if (event.detail.xhr.status === 400) {
      refuse(page.querySelectorAll(".why"));
      return;
    }
    for (const count of page.querySelectorAll("#filters .n")) {
      const here = document.getElementById(count.id);
      if (!here) continue;
      here.textContent = count.textContent;
      here.closest("li").classList.toggle("none", count.closest("li").classList.contains("none"));
    }
    // What else names this page: the same in other languages, and the orders that make sense now.
    const same = ".langs a, link[rel=alternate][hreflang], link[rel=canonical]";
    const theirs = page.querySelectorAll(same);
    document.querySelectorAll(same).forEach((link, at) => {
      if (theirs[at]) link.setAttribute("href", theirs[at].getAttribute("href"));
    });
    const orders = page.getElementById("order");
    if (orders) form.elements.order?.replaceChildren(...orders.children);
  });
  document.body.addEventListener("htmx:afterSettle", () => keepPicks());

  // What was typed stays, and beside it stands why it cannot be understood.
  function refuse(sentences) {
    const results = document.getElementById("results");
    results.querySelector(".refused")?.remove();
    const box = document.createElement("div");
    box.className = "refused";
    box.setAttribute("role", "alert");
    box.append(...[...sentences].map((each) => document.importNode(each, true)));
    results.prepend(box);
  }

  // Cases ticked for comparing stay ticked over filters and pages, until they are compared.
  function keepPicks() {
    const picking = document.querySelector("form.picking");
    if (!picking || picking.dataset.kept) return;
    picking.dataset.kept = "yes";
    const picked = new Set(JSON.parse(sessionStorage.getItem("picked") || "[]"));
    const boxes = [...picking.querySelectorAll("input[name=case]")];
    const show = () => picking.classList.toggle("some", picked.size > 0);
    for (const box of boxes) {
      box.checked = picked.has(box.value);
      box.addEventListener("change", () => {
        if (box.checked) picked.add(box.value);
        else picked.delete(box.value);
        sessionStorage.setItem("picked", JSON.stringify([...picked]));
        show();
      });
    }
    picking.addEventListener("submit", () => {
      const here = new Set(boxes.map((box) => box.value));
      for (const slug of picked) {
        if (here.has(slug)) continue;
        const hidden = document.createElement("input");
        Object.assign(hidden, { type: "hidden", name: "case", value: slug });
        picking.append(hidden);
      }
      sessionStorage.removeItem("picked");
    });
    show();
  }
})();
