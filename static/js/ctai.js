// Small comforts of every page. Nothing here is needed to do one's work: each page answers without it.
(() => {
  "use strict";

  const live = (message) => {
    const region = document.getElementById("ctai-live");
    if (region) region.textContent = message;
  };

  // The first error takes the focus; the summary, where no field is at fault.
  const focusFirstError = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    const faulty = root.querySelector("[aria-invalid='true']:not([type='hidden'])");
    const target = faulty || summary;
    if (!target) return;
    target.focus({ preventScroll: true });
    (summary || target).scrollIntoView({ block: "center" });
  };

  // A second press on the same button sends nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("data-allow-resubmit") || form.matches("[hx-post],[hx-get]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type='submit'],button:not([type])").forEach((button) => {
      button.setAttribute("aria-disabled", "true");
    });
    window.setTimeout(() => release(form), 8000);
  });
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled='true']:not([data-disabled])").forEach((button) => {
      button.removeAttribute("aria-disabled");
    });
  };
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  // What remains of a text that has a limit.
  const countDown = (area) => {
    const limit = Number(area.dataset.counter);
    const line = document.createElement("p");
    line.className = "fr-hint-text ctai-counter";
    area.insertAdjacentElement("afterend", line);
    const show = () => {
      const rest = limit - area.value.length;
      const many = Math.abs(rest).toLocaleString("fr-FR");
      const noun = Math.abs(rest) > 1 ? "caractères" : "caractère";
      line.textContent = rest >= 0 ? `${many} ${noun} disponibles`.replace("caractère disponibles", "caractère disponible")
        : `${many} ${noun} de trop`;
      line.classList.toggle("ctai-counter--over", rest < 0);
      line.hidden = rest > Math.min(limit / 2, 500);
    };
    area.addEventListener("input", show);
    show();
  };

  // A form that saves itself tells when it did: data-autosave on the form, data-autosave-status on a line inside it.
  const clock = () => {
    const now = new Date();
    return `${now.getHours()}\u00a0h\u00a0${String(now.getMinutes()).padStart(2, "0")}`;
  };
  const saved = (element, message) => {
    const form = element.closest && element.closest("[data-autosave]");
    const line = form && form.querySelector("[data-autosave-status]");
    if (line) line.textContent = message;
    return Boolean(line);
  };
  document.addEventListener("htmx:beforeRequest", (event) => saved(event.target, "Enregistrement en cours…"));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) saved(event.target, `Enregistré à ${clock()}`);
  });

  // A request that fails says so where one looks.
  const failed = (event) => {
    const message = "La liaison avec le portail a échoué. Votre saisie est encore à l'écran : réessayez dans un instant.";
    if (!saved(event.target, message)) live(message);
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);

  // A page left with text not sent asks first: data-guard on the form.
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-dirty]:not([data-sent])")) event.preventDefault();
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.dataset.dirty = "1";
  });

  // A folded menu closes on Escape and on a press elsewhere: data-menu on <details>.
  const closeMenus = (except) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement && document.activeElement.closest("details[data-menu][open]");
    closeMenus();
    if (menu) menu.querySelector("summary").focus();
  });

  const prepare = (root) => root.querySelectorAll("textarea[data-counter]:not([data-counted])").forEach((area) => {
    area.dataset.counted = "1";
    countDown(area);
  });
  const start = () => {
    prepare(document);
    focusFirstError(document);
  };
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr && event.detail.xhr.status === 422) focusFirstError(event.target);
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
