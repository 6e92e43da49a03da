// One more row in a set of rows: data-formset="prefix" around data-formset-rows, a <template> and the button.
(() => {
  "use strict";

  document.querySelectorAll("[data-formset]").forEach((set) => {
    const prefix = set.dataset.formset;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const most = document.getElementById(`id_${prefix}-MAX_NUM_FORMS`);
    const rows = set.querySelector("[data-formset-rows]");
    const model = set.querySelector("template");
    const button = set.querySelector("[data-formset-add]");
    if (!total || !rows || !model || !button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const index = Number(total.value);
      const holder = document.createElement("template");
      holder.innerHTML = model.innerHTML.replaceAll("__prefix__", String(index)).replaceAll("__number__", String(index + 1));
      const row = holder.content.firstElementChild;
      rows.append(row);
      total.value = String(index + 1);
      button.hidden = index + 1 >= Number(most.value);
      const first = row.querySelector("input:not([type='hidden']),select,textarea");
      if (first) first.focus();
    });
  });
})();
