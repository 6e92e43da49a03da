// A body chosen among those already known brings its number: data-fills names the field to fill.
(() => {
  "use strict";

  document.querySelectorAll("input[data-fills][list]").forEach((input) => {
    const number = document.getElementById(input.dataset.fills);
    const options = () => [...document.getElementById(input.getAttribute("list")).options];
    input.addEventListener("change", () => {
      const found = options().filter((option) => option.value === input.value);
      if (number && !number.value && found.length === 1) number.value = found[0].dataset.siret;
    });
  });
})();
