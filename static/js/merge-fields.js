// Buttons data-insert lay their text in the field data-into, where the cursor is; without scripts, people type it.
(() => {
  "use strict";

  document.querySelectorAll("button[data-insert]").forEach((button) => {
    const area = document.getElementById(button.dataset.into);
    if (!area) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const asked = new CustomEvent("ctai:insert", { detail: button.dataset.insert, cancelable: true });
      if (!area.dispatchEvent(asked)) return; // the editor of rich text took it
      area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
  });
})();
