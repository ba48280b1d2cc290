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
