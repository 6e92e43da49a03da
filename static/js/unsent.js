// What was typed in a form that the portal could not take (session over, page left open too long, portal in error) stays
// in this tab and is offered again on the page of the form. Nothing leaves the browser; sessionStorage ends with the tab.
(() => {
  "use strict";

  const KEY = "ctai-unsent";
  const TOKEN = "csrfmiddlewaretoken";
  const read = () => {
    try {
      return JSON.parse(window.sessionStorage.getItem(KEY));
    } catch {
      return null;
    }
  };
  const write = (draft) => {
    try {
      if (draft) window.sessionStorage.setItem(KEY, JSON.stringify(draft));
      else window.sessionStorage.removeItem(KEY);
    } catch {
      // a browser that keeps nothing, or a text too long for it
    }
  };
  const person = () => {
    const account = document.querySelector("[data-account]");
    return account ? account.textContent.trim() : "";
  };
  // Rich texts and the sections of a diagnostic keep themselves.
  const guarded = () => [...document.querySelectorAll("form[data-guard]:not([data-editor]):not([data-section-form])")];

  document.addEventListener("submit", (event) => {
    const place = guarded().indexOf(event.target);
    if (event.defaultPrevented || place < 0) return;
    const values = [...new FormData(event.target)].filter(([name, value]) => name !== TOKEN && typeof value === "string");
    write({ path: window.location.pathname, person: person(), place, values, lost: false });
  });

  // The version that was shown comes back too: what someone else saved meanwhile is told, not overwritten.
  const fill = (form, values) => {
    const known = new Map();
    values.forEach(([name, value]) => known.set(name, [...(known.get(name) || []), value]));
    [...form.elements].forEach((field) => {
      if (!field.name || field.name === TOKEN || field.type === "file") return;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = (known.get(field.name) || []).includes(field.value);
      } else if ((known.get(field.name) || []).length) {
        field.value = known.get(field.name).shift();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    form.dataset.dirty = "1";
  };

  const button = (label, kind, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `fr-btn fr-btn--sm fr-btn--${kind} fr-mt-1w fr-mr-1w`;
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };
  const offer = (form, draft) => {
    const note = document.createElement("div");
    note.className = "fr-alert fr-alert--warning fr-alert--sm fr-mb-3w";
    note.tabIndex = -1;
    const text = document.createElement("p");
    text.textContent = "Votre dernière saisie n’a pas été enregistrée. Elle est gardée dans cet onglet.";
    const close = () => {
      write(null);
      note.remove();
      const first = form.querySelector("input:not([type='hidden']), select, textarea");
      if (first) first.focus();
    };
    note.append(
      text,
      button("Reprendre ma saisie", "secondary", () => {
        fill(form, draft.values);
        close();
      }),
      button("L’oublier", "tertiary", close),
    );
    form.before(note);
    note.focus();
  };

  const start = () => {
    const draft = read();
    if (!draft) return;
    const form = guarded()[draft.place];
    if (document.querySelector("[data-unsent]")) write({ ...draft, lost: true });
    else if (!draft.lost || person() !== draft.person) write(null);
    else if (draft.path === window.location.pathname && form) offer(form, draft);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
