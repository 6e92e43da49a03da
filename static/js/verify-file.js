// Compares a file with the documents of the portal by its SHA-256, in the browser: the file is sent nowhere.
(() => {
  "use strict";

  const zone = document.querySelector("[data-verify]");
  if (!zone || !window.crypto || !crypto.subtle) return;
  const input = zone.querySelector("input[type='file']");
  const answers = zone.querySelectorAll("[data-answer]");
  const hashOf = zone.querySelector("[data-hash]");
  const named = (name) => zone.querySelector(`[data-answer="${name}"]`);
  const known = Array.from(zone.querySelectorAll("[data-hashes]"), (each) => [each, each.dataset.hashes.split(" ")]);
  zone.hidden = false;

  const show = (answer, hash) => {
    answers.forEach((each) => { each.hidden = each !== answer; });
    hashOf.textContent = hash;
  };
  const examine = async (file) => {
    if (!file) return;
    show(named("busy"), "");
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      const found = known.find(([, hashes]) => hashes.includes(hash));
      show(found ? found[0] : named("other"), hash);
    } catch {
      show(named("unreadable"), "");
    }
  };
  input.addEventListener("change", () => examine(input.files[0]));
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("ctai-dropzone--over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("ctai-dropzone--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("ctai-dropzone--over");
    examine(event.dataTransfer.files[0]);
  });
})();
