// What the desk's forms gain with JavaScript: codes found by name, dates and words understood while
// somebody types, rows added in place. Without it every field is a plain one, and saving says what
// is wrong.
(() => {
  "use strict";
  const { lookup: lookupAddress, check: checkAddress, ...said } = document.currentScript.dataset;
  const PAUSE = 150;

  const later = (work) => {
    let timer;
    return (...given) => {
      clearTimeout(timer);
      timer = setTimeout(work, PAUSE, ...given);
    };
  };
  const make = (name, attributes = {}, text = "") => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };

  // What stands below a note moves when it comes or goes; a button that moved away between the two
  // halves of a click would not be clicked. So notes wait until no finger is down.
  let release = () => {};
  let released = Promise.resolve();
  const press = () => {
    release(); // what a press that never ended kept waiting
    released = new Promise((done) => {
      release = done;
    });
  };
  document.addEventListener("pointerdown", press, true);
  for (const end of ["pointerup", "pointercancel"]) {
    // The click comes before what waits.
    document.addEventListener(end, () => setTimeout(release), true);
  }

  // ---- How a field was understood stands below it.

  const noteOf = (field) => {
    let note = field.parentElement.querySelector(":scope > .understood");
    if (!note) {
      note = make("small", { class: "understood" });
      field.after(note);
    }
    note.id ||= `${field.id}-understood`;
    note.setAttribute("role", "status");
    note.dir = "auto";
    const described = new Set((field.getAttribute("aria-describedby") || "").split(" "));
    described.add(note.id).delete("");
    field.setAttribute("aria-describedby", [...described].join(" "));
    return note;
  };
  const asked = new WeakMap();
  const check = async (field) => {
    const note = noteOf(field);
    const turn = (asked.get(field) || 0) + 1;
    asked.set(field, turn);
    if (!field.value.trim()) {
      await released;
      if (asked.get(field) !== turn) return;
      note.textContent = "";
      field.removeAttribute("aria-invalid");
      return;
    }
    const body = new FormData();
    body.set("kind", field.dataset.check);
    body.set("text", field.value);
    body.set("scheme", (field.dataset.lookup || "").split(" ")[1] || "");
    const edition = document.getElementById(field.id.replace(/words$/, "edition"));
    body.set("edition", edition && edition !== field ? edition.value : "");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(checkAddress, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token },
    });
    if (!answer.ok) return;
    const { ok, text } = await answer.json();
    await released;
    // Whoever typed on meanwhile is told of what stands there now.
    if (asked.get(field) !== turn) return;
    note.textContent = text;
    note.classList.toggle("wrong", !ok);
    if (ok) field.removeAttribute("aria-invalid");
    else field.setAttribute("aria-invalid", "true");
  };
  const checkLater = later(check);

  // ---- A list of what a code or a name may mean: one list, for whichever field has the focus.

  const list = make("ul", { role: "listbox", id: "desk-options", class: "desk-options" });
  const count = make("div", { role: "status", class: "visually-hidden" });
  list.hidden = true;
  let field = null;
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  };
  const activate = (place) => {
    const options = [...list.children];
    active = (place + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    field.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };
  // In a list of codes only the one at the caret is looked up and replaced.
  const stretch = (input) => {
    if (!input.dataset.many) return [0, input.value.length];
    const separators = /[,،;؛:\n]/;
    let start = input.selectionStart;
    let end = start;
    while (start > 0 && !separators.test(input.value[start - 1])) start -= 1;
    while (end < input.value.length && !separators.test(input.value[end])) end += 1;
    while (input.value[start] === " ") start += 1;
    return [Math.min(start, end), end];
  };
  const choose = (option) => {
    const [start, end] = stretch(field);
    field.setRangeText(option.dataset.code, start, end, "end");
    close();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (results) => {
    list.replaceChildren(
      ...results.map(({ code, label, group }, at) => {
        const option = make("li", { role: "option", id: `desk-option-${at}`, "data-code": code });
        option.append(make("b", { dir: "auto" }, label), make("code", { dir: "ltr" }, code));
        if (group) option.append(make("small", { dir: "auto" }, group));
        return option;
      }),
    );
    count.textContent = `${results.length} ${said.found}`;
    if (!results.length) {
      close();
      return;
    }
    const box = field.getBoundingClientRect();
    list.hidden = false;
    list.style.top = `${box.bottom + window.scrollY}px`;
    const wide = Math.max(box.width, 320);
    const rtl = getComputedStyle(document.documentElement).direction === "rtl";
    const left = rtl ? box.right - wide : box.left;
    list.style.left = `${Math.max(0, Math.min(left, window.innerWidth - wide)) + window.scrollX}px`;
    list.style.width = `${wide}px`;
    field.setAttribute("aria-expanded", "true");
    activate(0);
  };
  const suggest = later(async (input) => {
    const [start, end] = stretch(input);
    const words = input.value.slice(start, end).trim();
    if (input !== document.activeElement) return;
    if (!words) {
      close();
      return;
    }
    const [kind, scheme = ""] = input.dataset.lookup.split(" ");
    const query = new URLSearchParams({ kind, scheme, q: words });
    const answer = await fetch(`${lookupAddress}?${query}`);
    if (!answer.ok || input !== document.activeElement || stretch(input)[1] !== end) return;
    show((await answer.json()).results);
  });

  document.addEventListener("focusin", ({ target }) => {
    if (!target.dataset?.lookup) return;
    field = target;
    // Two lists would lie one on the other.
    target.removeAttribute("list");
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": list.id,
    })) {
      target.setAttribute(name, value);
    }
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target === field) close();
  });
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.lookup) suggest(target);
    if (target.dataset?.check === "date") checkLater(target);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.dataset?.check) check(target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== field || list.hidden) return;
    if (event.key === "ArrowDown") activate(active + 1);
    else if (event.key === "ArrowUp") activate(active - 1);
    else if (event.key === "Enter") choose(list.children[active]);
    else if (event.key === "Tab") {
      choose(list.children[active]);
      return; // and the focus goes on
    } else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });

  // ---- Statements: rows are added in place, and take their words from the row above.

  const wordsOf = (row) => {
    const value = (name) => row.querySelector(`[name$="-${name}"]`)?.value.trim() || "";
    const places = [...row.querySelectorAll(":scope > .quotes > li")]
      .filter((quote) => !quote.querySelector("input:checked"))
      .map((quote) => quote.querySelector("[dir=ltr]").textContent);
    return {
      words: [...places, value("words")].filter(Boolean).join("\n\n"),
      edition: value("edition"),
    };
  };
  const fillAsAbove = (row) => {
    const rows = [...document.querySelectorAll(".statement")];
    const above = rows.slice(0, rows.indexOf(row)).reverse().map(wordsOf);
    const found = above.find(({ words }) => words);
    if (!found) return;
    for (const [name, value] of Object.entries(found)) {
      row.querySelector(`[name$="-${name}"]`).value = value;
    }
    check(row.querySelector('[name$="-words"]'));
  };
  const equip = (row) => {
    const words = row.querySelector(":scope > .words > .line");
    if (!words) return;
    const button = make("button", { type: "button", class: "as-above" }, said.above);
    button.addEventListener("click", () => fillAsAbove(row));
    words.append(button);
  };
  const add = (section) => {
    const total = section.querySelector('[name$="-TOTAL_FORMS"]');
    const template = section.querySelector(":scope > template");
    const text = template.innerHTML.replaceAll("__prefix__", total.value);
    const parsed = make("template");
    parsed.innerHTML = text;
    const row = parsed.content.querySelector(".statement");
    template.before(row);
    total.value = Number(total.value) + 1;
    equip(row);
    row.querySelector('[name$="-term"]').focus();
    return row;
  };
  const start = () => {
    document.body.append(list, count);
    for (const section of document.querySelectorAll("[data-statements]")) {
      const button = section.querySelector("[data-add]");
      if (!button) continue;
      button.hidden = false;
      button.addEventListener("click", () => add(section));
      const title = section.getAttribute("aria-labelledby");
      const both = make("button", { type: "button", class: "button", "data-add-above": "" });
      both.textContent = said.addAbove;
      both.setAttribute("aria-describedby", title);
      both.addEventListener("click", () => fillAsAbove(add(section)));
      button.after(" ", both);
    }
    document.querySelectorAll(".statement").forEach(equip);
    // An address may name a statement by its key.
    const key = decodeURIComponent(window.location.hash.slice(1));
    const named = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (named) {
      named.open = true;
      named.scrollIntoView();
    }
  };
  // The popup must know that it is one; where there is no script, the link opens a plain page.
  document.addEventListener(
    "click",
    ({ target }) => {
      const link = target.closest?.(".related-widget-wrapper-link[data-popup]");
      if (!link) return;
      const address = new URL(link.href);
      address.searchParams.set("_popup", "1");
      link.href = address;
    },
    true,
  );
  // What the popup made is added by jQuery, whose events only jQuery hears.
  window.django?.jQuery?.(document).on("change", "[data-check]", ({ originalEvent, target }) => {
    if (!originalEvent) check(target);
  });
  start();
})();
