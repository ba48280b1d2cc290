// A password being typed: rules ticked as they are met, both fields compared, and what was typed shown on demand.
"use strict";
(() => {
  const password = document.getElementById("password");
  const confirmation = document.getElementById("confirmation");
  const fields = [password, confirmation].filter(Boolean);

  const show = document.getElementById("show-password");
  if (show) {
    show.closest("[hidden]").hidden = false;
    const turn = (visible) => { for (const field of fields) field.type = visible ? "text" : "password"; };
    show.addEventListener("change", () => turn(show.checked));
    // Browsers keep and fill in passwords only.
    password.form.addEventListener("submit", () => turn(false));
    addEventListener("pageshow", () => { show.checked = false; turn(false); });
  }

  const rules = document.getElementById("rules");
  if (!rules) return;
  const told = document.getElementById("rules-told");
  const same = document.getElementById("same-told");
  const tests = {
    length: (text, rule) => [...text.normalize("NFC")].length >= rule.dataset.count,
    digit: (text) => /\p{N}/u.test(text),
    letter: (text) => /\p{Alphabetic}/u.test(text),
  };
  const items = [...rules.querySelectorAll("[data-rule]")];
  let before = "";
  let pause;

  const look = () => {
    const left = [];
    for (const item of items) {
      const met = tests[item.dataset.rule](password.value, item);
      item.classList.toggle("met", met);
      item.classList.remove("unmet");
      item.querySelector(".state").textContent = met ? rules.dataset.met : rules.dataset.unmet;
      if (!met) left.push(item.querySelector(".rule").textContent);
    }
    // Said after a pause in typing, and only when something has changed.
    clearTimeout(pause);
    pause = setTimeout(() => {
      const now = !password.value ? "" : left.length ? `${rules.dataset.left} ${left.join(", ")}` : rules.dataset.all;
      if (now !== before) told.textContent = now;
      before = now;
      const typed = password.value && confirmation.value;
      const words = !typed ? "" : password.value === confirmation.value ? same.dataset.same : same.dataset.differs;
      if (same.textContent !== words) same.textContent = words;
    }, 1000);
  };
  for (const field of fields) field.addEventListener("input", look);
  if (password.value) look();
})();
