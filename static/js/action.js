// A body chosen among those already known brings its number: data-fills names the field to fill. A number typed by hand
// stays; that of another known body, left from an earlier choice, gives way.
(() => {
  "use strict";

  document.querySelectorAll("input[data-fills][list]").forEach((input) => {
    const number = document.getElementById(input.dataset.fills);
    const options = () => [...document.getElementById(input.getAttribute("list")).options];
    const isKnown = (typed) => options().some((option) => option.dataset.siret === typed.replace(/[ .-]/g, ""));
    input.addEventListener("change", () => {
      const found = options().filter((option) => option.value === input.value);
      if (number && found.length === 1 && (!number.value || isKnown(number.value))) number.value = found[0].dataset.siret;
    });
  });
})();
