// Every page: the eye and the screen reader are led to what is wrong, a form leaves once, a wait counts down.
// Pages do all of this without it too, only less comfortably.
"use strict";
(() => {
  const wrong = document.getElementById("wrong");
  if (wrong && document.activeElement !== wrong) wrong.focus();

  // A link to a field goes to its label first, so that the question is seen with the answer.
  wrong?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest("fieldset, .field") ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });

  // Another language keeps what was typed, in this tab alone and until the page has it back.
  const typed = "typed:" + location.pathname;
  const kept = () => [...document.querySelectorAll("main form input:not([type=hidden], [type=password])")];
  document.querySelector("a.language")?.addEventListener("click", () => {
    const values = kept().map((it) => [it.id, it.type === "radio" || it.type === "checkbox" ? it.checked : it.value]);
    sessionStorage.setItem(typed, JSON.stringify(values));
  });
  for (const [id, value] of JSON.parse(sessionStorage.getItem(typed) ?? "[]")) {
    const field = document.getElementById(id);
    if (!kept().includes(field)) continue;
    if (typeof value === "boolean") field.checked = value; else field.value = value;
  }
  sessionStorage.removeItem(typed);

  // A double click sends a form once. After a while it may be sent again: the answer may have been lost.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => ready(form), 8000);
  });
  const ready = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  };
  addEventListener("pageshow", () => { for (const form of document.forms) ready(form); });

  // The thank-you page asks for a while what has become of its mail, and is loaded again when that is news.
  const mail = document.getElementById("mail-state");
  const told = document.getElementById("mail-told");
  if (mail) {
    const until = Date.now() + mail.dataset.for * 1000;
    const ask = async () => {
      const answer = await fetch(mail.dataset.ask).catch(() => null);
      const word = answer?.ok ? await answer.text() : mail.dataset.word;
      if (word === "sent" && told) {
        told.textContent = told.dataset.sent;
        return;
      }
      if (word !== mail.dataset.word) return location.reload();
      if (Date.now() < until) setTimeout(ask, 2000);
    };
    setTimeout(ask, 1500);
  }

  // A wait is shown with the button that it holds back, counts down in silence, and is announced once, at its end.
  for (const wait of document.querySelectorAll("[data-wait]")) {
    const button = document.getElementById(wait.dataset.button);
    const until = Date.now() + wait.dataset.wait * 1000;
    button.disabled = true;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        const minutes = Math.floor(left / 60);
        const seconds = String(left % 60).padStart(2, "0");
        wait.textContent = wait.dataset.left.replace("{n}", `${minutes}:${seconds}`);
        setTimeout(tick, 1000);
      } else {
        button.disabled = false;
        wait.setAttribute("role", "status");
        wait.textContent = wait.dataset.over;
      }
    };
    tick();
  }
})();
