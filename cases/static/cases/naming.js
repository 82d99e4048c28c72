// Names for those who hear the stock forms: the boxes that Select2 puts in the place of a field bear
// the name of the field, and above the names of its rows a table has no empty heading.
(() => {
  "use strict";
  const nameOf = (select) =>
    select.getAttribute("aria-label") || select.labels[0]?.textContent.trim().replace(/:$/, "");
  const name = () => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const box = select.nextElementSibling.querySelector("[role=combobox]");
      const value = box.querySelector("[role=textbox]");
      box.id ||= `${select.id}-box`;
      box.setAttribute("aria-label", nameOf(select));
      box.querySelector("input")?.setAttribute("aria-label", nameOf(select));
      if (!value) continue;
      box.setAttribute("aria-labelledby", `${box.id} ${value.id}`);
      value.setAttribute("aria-labelledby", box.id);
    }
  };
  // After Django's own script, which makes the boxes when it is told the same.
  window.django.jQuery(() => {
    name();
    for (const empty of document.querySelectorAll("th.original:empty")) {
      const cell = document.createElement("td");
      cell.className = "original";
      empty.replaceWith(cell);
    }
  });
  document.addEventListener("formset:added", () => setTimeout(name));
})();
