// Words that are marked in a passage go into the form beside it, with the place where they stand.
// Without JavaScript they are pasted there, and found when the form is sent.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form.quote");
    if (!form) return;
    const words = form.elements.words;
    const place = form.elements.place;
    const status = form.querySelector(".place");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quote-this button";
    button.textContent = form.dataset.quote;
    button.hidden = true;
    document.body.append(button);
    let marked = null;

    // Characters as the server counts them: a letter outside the first plane is one.
    const count = (text) => [...text].length;
    const printOf = (node) =>
      (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.(".print[data-ref]");

    const read = () => {
      const selection = window.getSelection();
      if (!selection.rangeCount || selection.isCollapsed) return null;
      const range = selection.getRangeAt(0).cloneRange();
      const print = printOf(range.startContainer);
      if (!print) return null;
      if (!print.contains(range.endContainer)) {
        // Three clicks mark a paragraph up to the beginning of what comes after it.
        const all = range.toString().trim();
        range.setEnd(print, print.childNodes.length);
        if (range.toString().trim() !== all) return { problem: form.dataset.one };
      }
      const before = document.createRange();
      before.selectNodeContents(print);
      before.setEnd(range.startContainer, range.startOffset);
      const text = range.toString();
      const start = count(before.toString()) + count(text) - count(text.trimStart());
      const kept = text.trim();
      if (!kept) return null;
      const ref = `${print.dataset.ref}/${start}-${start + count(kept)}`;
      return { text: kept, ref, box: range.getBoundingClientRect() };
    };
    const look = () => {
      marked = read();
      button.hidden = !marked?.ref;
      if (marked?.problem) status.textContent = marked.problem;
      if (button.hidden) return;
      button.style.top = `${marked.box.bottom + window.scrollY + 4}px`;
      button.style.left = `${Math.max(0, marked.box.left + window.scrollX)}px`;
    };
    document.addEventListener("mouseup", () => setTimeout(look));
    document.addEventListener("keyup", (event) => {
      if (event.shiftKey || event.key === "Shift") look();
    });
    // The selection must outlive the click on the button.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      words.value = marked.text;
      place.value = marked.ref;
      status.textContent = marked.ref;
      button.hidden = true;
      form.elements.translation_en.focus();
    });
    words.addEventListener("input", () => {
      place.value = "";
      status.textContent = "";
    });
    if (place.value) status.textContent = place.value;
  });
})();
