// The budget as one types: totals in whole cents, Enter goes down, a copied column is pasted from the cell on.
// Nothing here is needed: the server adds and checks again.
(() => {
  "use strict";

  const form = document.querySelector("form[data-budget]");
  if (!form) return;

  const inputs = (side) => [...form.querySelectorAll(`[data-side='${side}'] input`)];
  const sideOf = (input) => input.closest("[data-side]").dataset.side;

  // « 1 234,56 € » as 123456; nothing typed is nothing, what is not an amount is null.
  const cents = (typed) => {
    const text = typed.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
    if (!text) return 0;
    const parts = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
    return parts ? Number(parts[1]) * 100 + Number((parts[2] || "").padEnd(2, "0")) : null;
  };
  const euros = (amount) => {
    const whole = Math.floor(amount / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return `${whole},${String(amount % 100).padStart(2, "0")}\u00a0€`;
  };

  const add = (cells) => cells.reduce((sum, input) => sum + (cents(input.value) || 0), 0);
  const voluntary = (side) => add(inputs(side).filter((input) => input.closest("[data-voluntary]")));
  const sentence = (charges, products) => {
    if (charges !== products) {
      return `Il manque ${euros(Math.abs(charges - products))} de ${charges > products ? "produits" : "charges"}.`;
    }
    if (voluntary("charge") !== voluntary("product")) {
      return "Les contributions volontaires (comptes 86 et 87) doivent être égales.";
    }
    return charges ? "Budget équilibré." : "Budget à remplir.";
  };
  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  let telling = 0;
  const show = () => {
    const charges = add(inputs("charge"));
    const products = add(inputs("product"));
    write(form.querySelector("[data-total='charge']"), euros(charges));
    write(form.querySelector("[data-total='product']"), euros(products));
    window.clearTimeout(telling);
    telling = window.setTimeout(() => write(form.querySelector("[data-difference]"), sentence(charges, products)), 300);
  };

  form.addEventListener("input", (event) => {
    if (event.target.closest("[data-side]")) show();
  });

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key !== "Enter" || !input.matches("[data-side] input")) return;
    event.preventDefault();
    const column = inputs(sideOf(input));
    const next = column[column.indexOf(input) + (event.shiftKey ? -1 : 1)];
    if (next) next.select();
  });

  form.addEventListener("paste", (event) => {
    const input = event.target;
    if (!input.matches("[data-side] input") || !event.clipboardData) return;
    const rows = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    if (rows.length < 2) return;
    event.preventDefault();
    const column = inputs(sideOf(input));
    const first = column.indexOf(input);
    rows.slice(0, column.length - first).forEach((row, place) => {
      column[first + place].value = row.split("\t").pop().trim();
    });
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });

  show();
})();
