// The actions are reordered with the mouse; the arrows of each row do the same with the keyboard.
(() => {
  "use strict";

  const form = document.querySelector("form[data-reorder]");
  const rows = [...document.querySelectorAll("tr[data-number]")];
  if (!form || rows.length < 2) return;

  let moved = null;
  const clear = () => rows.forEach((row) => row.classList.remove("ctai-drop", "ctai-drop--after", "ctai-dragged"));
  const isAfter = (row, event) => {
    const box = row.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  };

  rows.forEach((row) => {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      moved = row;
      row.classList.add("ctai-dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.number);
    });
    row.addEventListener("dragover", (event) => {
      if (!moved || moved === row) return;
      event.preventDefault();
      rows.forEach((each) => each.classList.remove("ctai-drop", "ctai-drop--after"));
      row.classList.add(isAfter(row, event) ? "ctai-drop--after" : "ctai-drop");
    });
    row.addEventListener("drop", (event) => {
      if (!moved || moved === row) return;
      event.preventDefault();
      const next = isAfter(row, event) ? rows[rows.indexOf(row) + 1] : row;
      if (next === moved) return;
      form.elements.number.value = moved.dataset.number;
      form.elements.before.value = next ? next.dataset.number : "";
      form.requestSubmit();
    });
    row.addEventListener("dragend", () => {
      moved = null;
      clear();
    });
  });
})();
