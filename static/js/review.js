// The review as one types: the difference of each year, and the bar of each envelope. The server adds and checks again.
(() => {
  "use strict";

  const rows = [...document.querySelectorAll("[data-amount-row]")];
  if (!rows.length) return;

  const cents = (typed) => {
    const text = typed.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
    const parts = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
    return parts ? Number(parts[1]) * 100 + Number((parts[2] || "").padEnd(2, "0")) : null;
  };
  const euros = (amount) => {
    const size = Math.abs(amount);
    const whole = Math.floor(size / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return `${whole},${String(size % 100).padStart(2, "0")}\u00a0€`;
  };
  const amountOf = (row) => row.querySelector("input[data-draws]");
  const isRetained = (row) => {
    const action = row.closest("[data-action-review]");
    return !action || Boolean(action.querySelector("input[type=radio][value=retained]:checked"));
  };

  const showRow = (row) => {
    const place = row.querySelector("[data-amount-difference]");
    const typed = cents(amountOf(row).value);
    if (!place) return;
    const difference = typed === null ? 0 : typed - Number(row.dataset.requested);
    place.textContent = difference ? `${difference < 0 ? "\u2212" : "+"}\u00a0${euros(difference)}` : "aucun";
    place.classList.toggle("ctai-diff--down", difference < 0);
    place.classList.toggle("ctai-diff--up", difference > 0);
  };
  // Told aloud once the typing pauses.
  let telling;
  const tell = (place, text) => {
    window.clearTimeout(telling);
    if (place.textContent !== text) telling = window.setTimeout(() => { place.textContent = text; }, 300);
  };
  const showEnvelope = (envelope) => {
    const needed = rows
      .filter((row) => amountOf(row).dataset.draws === envelope.dataset.envelope && isRetained(row))
      .reduce((sum, row) => sum + (cents(amountOf(row).value) || 0), Number(envelope.dataset.elsewhere || 0));
    const usable = Number(envelope.dataset.usable);
    const others = Number(envelope.dataset.others);
    const left = usable - others - needed;
    const share = (amount) => (usable > 0 ? Math.min(100, Math.max(0, Math.round((amount * 100) / usable))) : 0);
    const bars = envelope.querySelectorAll("rect");
    bars[1].setAttribute("width", String(Math.min(share(needed), 100 - share(others))));
    envelope.querySelector("[data-envelope-needed]").textContent = euros(needed);
    const text = left < 0 ? `Il manque ${euros(left)}.` : `Reste\u00a0: ${euros(left)}.`;
    envelope.querySelector("[data-envelope-left]").textContent = text;
    document.querySelectorAll(`[data-left-of='${envelope.dataset.envelope}']`).forEach((place) => tell(place, text));
  };
  const show = () => {
    rows.forEach(showRow);
    document.querySelectorAll("[data-envelope]").forEach(showEnvelope);
  };

  // What came back with a refusal is typed, not saved: the figures follow it.
  if (document.querySelector(".fr-input-group--error, .fr-error-text, [aria-invalid=true]")) show();

  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-amount-row], [data-action-review]")) show();
  });

  // A link to an action opens it.
  const openTarget = () => {
    const target = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
