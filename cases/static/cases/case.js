// Words open beside the value that refers to them; without JavaScript the reference leads to them.
(() => {
  "use strict";

  // What is opened: the passage with the words marked, their translation, the errata in them.
  const copyOf = (mark, whose) => {
    const told = mark.closest(".told");
    const box = document.createElement("div");
    box.className = "opened";
    box.append(whose);
    const passage = told.querySelector("blockquote").cloneNode(true);
    for (const each of passage.querySelectorAll("mark")) {
      each.classList.toggle("this", each.dataset.of === mark.dataset.of);
      each.removeAttribute("id");
    }
    const note = told.querySelector(`[data-note="${mark.dataset.of}"] .tr`);
    const errata = told.querySelectorAll(`.erratum[data-of~="${mark.dataset.of}"]`);
    const way = told.querySelector("figcaption").firstElementChild.cloneNode(true);
    const beside = [...(note ? [note] : []), ...errata].map((each) => each.cloneNode(true));
    box.append(passage, ...beside, way);
    return box;
  };

  // Which reference opened it, and the way to close it.
  const headOf = (reference) => {
    const head = document.createElement("p");
    head.className = "whose";
    const name = document.createElement("span");
    name.textContent = reference.textContent;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = document.querySelector(".case").dataset.close;
    close.addEventListener("click", () => {
      toggle(reference);
      reference.focus();
    });
    head.append(name, close);
    return head;
  };

  const place = (box, reference) => {
    const row = reference.closest("tr");
    if (!row) {
      reference.closest("dd, .event").append(box);
      return box;
    }
    const line = document.createElement("tr");
    const cell = line.insertCell();
    cell.colSpan = row.closest("table").tHead.rows[0].cells.length;
    // Within a group of rows its heading goes on beside them.
    const heading = row.closest("tbody").querySelector("th[rowspan]");
    if (heading) {
      heading.rowSpan += 1;
      cell.colSpan -= 1;
    }
    cell.append(box);
    row.after(line);
    return line;
  };

  const takeAway = (opened) => {
    const heading = opened.closest("tbody")?.querySelector("th[rowspan]");
    if (heading && opened.matches("tr")) heading.rowSpan -= 1;
    opened.remove();
  };

  const opened = new Map();
  const toggle = (reference) => {
    if (opened.has(reference)) {
      takeAway(opened.get(reference));
      opened.delete(reference);
    } else {
      const mark = document.getElementById(reference.hash.slice(1));
      opened.set(reference, place(copyOf(mark, headOf(reference)), reference));
    }
    reference.setAttribute("aria-expanded", String(opened.has(reference)));
  };
  for (const reference of document.querySelectorAll(".case .ref")) {
    reference.setAttribute("aria-expanded", "false");
    reference.addEventListener("click", (event) => {
      // Whoever wants a new tab gets one.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      toggle(reference);
    });
  }
})();
