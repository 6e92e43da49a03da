// The budget as one types: totals in whole cents, arrows and Enter move as in a spreadsheet, a copied block is pasted
// from the cell on, and the cells that did not change stay here. Nothing is needed: the server adds and checks again.
(() => {
  "use strict";

  const form = document.querySelector("form[data-budget]");
  if (!form) return;

  const CELL = "[data-side] input";
  const yearOf = (input) => input.closest("[data-side]").dataset.year || "";
  const inputs = (side, year) =>
    [...form.querySelectorAll(`[data-side='${side}'] input`)].filter((input) => yearOf(input) === year);

  // The cells of a table as rows of inputs.
  const gridOf = (input) =>
    [...input.closest("[data-sheet]").querySelectorAll("tbody tr")]
      .map((row) => [...row.querySelectorAll(CELL)])
      .filter((row) => row.length);
  const placeOf = (grid, input) => {
    const row = grid.findIndex((cells) => cells.includes(input));
    return [row, grid[row].indexOf(input)];
  };

  // « 1 234,56 € » as 123456; nothing typed is nothing, what the server would not read as an amount is null.
  const cents = (typed) => {
    const text = typed.replace(/[\s\u00a0\u202f]+/g, " ").replace(/€/, "").trim();
    if (!text) return 0;
    const parts = /^(\d{1,12}|\d{1,3}(?: \d{3}){1,3})(?:[.,](\d{1,2}))?$/.exec(text);
    return parts ? Number(parts[1].replace(/ /g, "")) * 100 + Number((parts[2] || "").padEnd(2, "0")) : null;
  };
  const unreadable = (input) => cents(input.value) === null;
  const euros = (amount) => {
    const whole = Math.floor(amount / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return `${whole},${String(amount % 100).padStart(2, "0")}\u00a0€`;
  };

  const add = (cells) => cells.reduce((sum, input) => sum + (cents(input.value) || 0), 0);
  // A line added by hand is a contribution in kind by the account chosen for it.
  const inKind = (input) => {
    const account = input.closest("tr").querySelector("select[name^='account-']");
    return input.closest("[data-voluntary]") || (account && ["86", "87"].includes(account.value));
  };
  const voluntary = (side, year) => add(inputs(side, year).filter(inKind));
  const sentence = (charges, products, year) => {
    if ([...inputs("charge", year), ...inputs("product", year)].some(unreadable)) {
      return "Une case n’est pas un montant\u00a0: corrigez-la.";
    }
    if (charges !== products) {
      return `Il manque ${euros(Math.abs(charges - products))} de ${charges > products ? "produits" : "charges"}.`;
    }
    if (voluntary("charge", year) !== voluntary("product", year)) {
      return "Les contributions volontaires (comptes 86 et 87) doivent être égales.";
    }
    return charges ? "Budget équilibré." : "Budget à remplir.";
  };
  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const telling = {};
  const show = (year) => {
    const sums = { charge: add(inputs("charge", year)), product: add(inputs("product", year)) };
    Object.entries(sums).forEach(([side, sum]) =>
      write(form.querySelector(`[data-total='${side}'][data-year='${year}']`), euros(sum)));
    window.clearTimeout(telling[year]);
    telling[year] = window.setTimeout(
      () => write(form.querySelector(`[data-difference][data-year='${year}']`), sentence(sums.charge, sums.product, year)),
      300,
    );
  };
  const showAll = () => new Set([...form.querySelectorAll(CELL)].map(yearOf)).forEach(show);

  const mark = (input) => {
    if (unreadable(input)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches(CELL)) show(yearOf(event.target));
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches(CELL)) mark(event.target);
    else if (event.target.matches("[data-sheet] select")) showAll();
  });

  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!(event.key in STEPS) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && input.matches("input[name^='label-']")) {
      // Enter goes on to the amount of the line, and does not send the sheet.
      event.preventDefault();
      input.closest("tr").querySelector(CELL).select();
    }
    if (!input.matches(CELL)) return;
    event.preventDefault();
    const grid = gridOf(input);
    const [row, column] = placeOf(grid, input);
    const step = event.key === "Enter" && event.shiftKey ? -1 : STEPS[event.key];
    const next = (grid[row + step] || [])[column];
    if (next) next.select();
  });

  // Excel writes an amount with several no-break spaces, and nil as « - € ».
  const cleaned = (text) => {
    const line = text.replace(/^"|"$/g, "").replace(/[\s\u00a0\u202f]+/g, " ").trim();
    return /^-\s?€?$/.test(line) ? "" : line;
  };
  // What a paste filled, and what it found no place for, is said; Ctrl+Z puts back what was there before it.
  const told = form.querySelector("[data-pasted]");
  const many = (count, one, several) => `${count}\u00a0${count > 1 ? several : one}`;
  let replaced = [];
  const tell = (filled, lost) => {
    const rest = lost ? ` ${many(lost, "montant n’a pas trouvé", "montants n’ont pas trouvé")} de place.` : "";
    told.textContent = `${many(filled, "case remplie", "cases remplies")} par le collage (Ctrl+Z pour l’annuler).${rest}`;
    told.hidden = false;
  };
  const forget = () => {
    replaced = [];
    told.hidden = true;
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches(CELL)) forget();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || !replaced.length) return;
    event.preventDefault();
    replaced.forEach(([input, value]) => {
      input.value = value;
      mark(input);
    });
    forget();
    showAll();
  });
  form.addEventListener("paste", (event) => {
    const input = event.target;
    if (!input.matches(CELL) || !event.clipboardData) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const rows = text.split("\n").map((line) => line.split("\t"));
    if (rows.length < 2 && rows[0].length < 2) return;
    event.preventDefault();
    const grid = gridOf(input);
    const [top, left] = placeOf(grid, input);
    const filled = [];
    let lost = 0;
    rows.forEach((pieces, down) => {
      // Names copied with the amounts stand at their left: they stay out.
      const cells = (grid[top + down] || []).slice(left);
      const kept = cells.length ? pieces.slice(-cells.length) : [];
      lost += pieces.slice(0, pieces.length - kept.length).filter((piece) => cents(cleaned(piece))).length;
      kept.forEach((piece, right) => {
        filled.push([cells[right], cells[right].value]);
        cells[right].value = cleaned(piece);
        mark(cells[right]);
      });
    });
    replaced = filled;
    tell(filled.length, lost);
    form.dataset.dirty = "1";
    showAll();
  });

  // Only what changed is sent: the server keeps the value of a cell that does not come.
  const unchanged = (field) =>
    field.tagName === "SELECT"
      ? [...field.options].every((option) => option.selected === option.defaultSelected)
      : field.value === field.defaultValue;
  form.addEventListener("submit", () => {
    if (form.hasAttribute("data-whole")) return; // a page that came back holds what was typed, not what is stored
    form.querySelectorAll("[data-sheet] input, [data-sheet] select").forEach((field) => {
      if (unchanged(field)) field.disabled = true;
    });
  });
  window.addEventListener("pageshow", () => form.querySelectorAll("[data-sheet] :disabled").forEach((field) => {
    field.disabled = false;
  }));

  showAll();
})();
