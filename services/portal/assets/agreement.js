// Collective agreements proposed while one types a number or words (ARIA 1.2 combobox with a list, chosen by hand).
// Without it the same field searches when the form is sent.
"use strict";
(() => {
  const field = document.getElementById("idcc");
  const list = document.getElementById("idcc-list");
  const told = document.getElementById("idcc-told");
  const chosen = document.getElementById("idcc-chosen");
  const words = list.dataset;
  let options = [];
  let active = -1;
  let pause, saying, asked;

  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": list.id, "aria-haspopup": "listbox",
  })) field.setAttribute(name, value);

  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => { told.textContent = text; }, 700);
  };
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    point(-1);
  };
  const open = () => {
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
  };
  const point = (place) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    } else field.removeAttribute("aria-activedescendant");
  };
  const tell = (place) => {
    const { code, label } = options[place];
    chosen.hidden = false;
    chosen.textContent = words.chosen.replace("{label}", `${code} ${label}`);
    say(chosen.textContent);
  };
  const choose = (place) => {
    if (!options[place].code) return;
    field.value = options[place].code;
    close();
    tell(place);
  };
  // The number that was typed, as agreements bear it: "16", "00016" and "IDCC 16" are 0016.
  const number = () => {
    const digits = /^(?:idcc\D*)?0?(\d{1,4})$/i.exec(field.value.trim());
    return digits && digits[1].padStart(4, "0");
  };

  const show = (found) => {
    // For a replaced agreement, what may be chosen is what replaced it.
    options = found.map((it) => ({
      code: it.status === "current" ? it.idcc : it.successors[0], number: it.idcc, label: it.title,
      note: it.status === "current" ? "" : it.status === "ended" ? words.ended : words.replaced.replace("{idcc}", it.idcc),
    }));
    list.replaceChildren(...options.map((it, place) => {
      const option = document.createElement("li");
      option.id = `idcc-option-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const code = document.createElement("strong");
      code.textContent = it.code ?? it.number;
      if (!it.code) option.setAttribute("aria-disabled", "true");
      option.append(code, ` ${it.label}`);
      if (it.note) {
        const note = document.createElement("em");
        note.textContent = it.note;
        option.append(" ", note);
      }
      option.addEventListener("click", () => choose(place));
      return option;
    }));
    point(-1);
    // A whole number needs no choice among others, and no list may cover the buttons of somebody who has gone on to them.
    // A shorter one may be the beginning of another, so that its title is shown and nothing is closed or changed.
    const whole = options.findIndex((it) => !it.note && it.code === number());
    if (whole >= 0 && /\d{4}$/.test(field.value.trim())) return choose(whole);
    if (options.length && document.activeElement === field) open(); else close();
    const count = options.length;
    if (whole >= 0) return tell(whole);
    say(count === 0 ? words.none : count === 1 ? words.one : words.many.replace("{n}", count));
  };
  const ask = async () => {
    asked?.abort();
    const query = field.value.trim();
    if (query.length < 2) { options = []; list.replaceChildren(); return close(); }
    asked = new AbortController();
    try {
      const answer = await fetch(`/v1/idcc?q=${encodeURIComponent(query)}`, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).slice(0, 8));
    } catch { /* Typed on, or no network: the form searches by itself when it is sent. */ }
  };

  field.addEventListener("input", () => {
    chosen.hidden = true;
    clearTimeout(pause);
    pause = setTimeout(ask, 200);
  });
  field.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && options.length) {
      event.preventDefault();
      if (list.hidden) open();
      const count = options.length;
      const from = active < 0 && event.key === "ArrowUp" ? 0 : active;
      point((from + steps[event.key] + count) % count);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  field.addEventListener("blur", close);
})();
