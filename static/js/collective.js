// The requests of a year: the sums as one types, what the other pages hold included, and the lines that did not change
// stay here. Nothing is needed: the server adds and checks again.
(() => {
  "use strict";

  const form = document.querySelector("form[data-changes-only]");
  if (!form) return;

  const ROW = "[data-amount-row]";
  const fieldsOf = (row) => [...row.querySelectorAll("input")];
  const cents = (typed) => {
    const text = typed.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
    const parts = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
    return parts ? Number(parts[1]) * 100 + Number((parts[2] || "").padEnd(2, "0")) : 0;
  };
  const euros = (amount) => {
    const whole = Math.floor(amount / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return `${whole},${String(amount % 100).padStart(2, "0")}\u00a0€`;
  };

  const show = () => document.querySelectorAll("[data-sum]").forEach((place) => {
    const scope = place.closest("[data-sum-scope]");
    const here = [...scope.querySelectorAll(`${ROW} input[data-draws]`)].reduce((sum, input) => sum + cents(input.value), 0);
    const text = euros(Number(place.dataset.elsewhere) + here);
    if (place.textContent !== text) place.textContent = text;
  });
  form.addEventListener("input", (event) => {
    if (event.target.closest(ROW)) show();
  });

  // Enter and the arrows move from an amount to that of the line below or above.
  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  form.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || !event.target.matches("input[data-draws]")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const amounts = [...form.querySelectorAll("input[data-draws]")];
    const step = event.key === "Enter" && event.shiftKey ? -1 : STEPS[event.key];
    const next = amounts[amounts.indexOf(event.target) + step];
    if (next) next.select();
  });

  // Only the lines that changed are sent, whole: the server keeps those that do not come.
  const changed = (field) => field.type !== "hidden" && field.value !== field.defaultValue;
  form.addEventListener("submit", () => {
    if (form.hasAttribute("data-whole")) return; // a page that came back holds what was typed, not what is stored
    form.querySelectorAll(ROW).forEach((row) => {
      if (!fieldsOf(row).some(changed)) fieldsOf(row).forEach((field) => { field.disabled = true; });
    });
  });
  window.addEventListener("pageshow", () => form.querySelectorAll(`${ROW} :disabled`).forEach((field) => {
    field.disabled = false;
  }));

  show();
})();
