// A section of the diagnostic saved as one types, with a copy in the browser for when the network fails.
// data-section-form on the form; data-lock, the address of the reservation; data-paused, no saving until one chooses.
(() => {
  "use strict";

  const form = document.querySelector("[data-section-form]");
  if (!form) return;
  const status = form.querySelector("[data-status]");
  const printing = form.querySelector("[data-printing]");
  const stopped = document.querySelector("[data-stopped]");
  const found = document.querySelector("[data-found]");
  const compare = stopped.querySelector("[data-compare]");
  const takeOver = stopped.querySelector("[data-take-over]");
  const key = `ctai-section:${form.dataset.person}:${window.location.pathname}`;
  const DELAY = 800;
  const BEAT = 60000;
  const KEPT_DAYS = 7;
  let timer = 0;
  let typed = 0; // grows with each key, so that an answer that comes late does not forget what was typed since
  let sending = false;
  let paused = "paused" in form.dataset;

  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const field = (name) => form.elements.namedItem(name);
  const say = (message) => { status.textContent = message; };

  const tellPrinting = (sentence) => { // said again only when it changes, for those who listen
    if (printing.textContent !== sentence) printing.textContent = sentence;
  };

  // --- the copy in the browser

  const keep = () => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    try {
      window.localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
    } catch {
      // A full or forbidden storage: the text is still on the screen.
    }
  };
  const forget = () => {
    try {
      window.localStorage.removeItem(key);
    } catch { /* nothing was kept */ }
  };
  const kept = () => {
    try {
      const copy = JSON.parse(window.localStorage.getItem(key));
      if (copy && Date.now() - copy.at < KEPT_DAYS * 86400000) return copy;
    } catch { /* not ours to read */ }
    forget();
    return null;
  };
  const layAgain = (copy) => {
    copy.fields.filter(([name]) => name.endsWith("-TOTAL_FORMS")).forEach(([name, value]) => {
      const set = form.querySelector(`[data-formset="${name.replace(/-TOTAL_FORMS$/, "")}"]`);
      const button = set && set.querySelector("[data-formset-add]");
      for (let turn = 0; button && Number(field(name).value) < Number(value) && turn < 100; turn += 1) button.click();
    });
    form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = false; });
    copy.fields.forEach(([name, value]) => {
      const target = field(name);
      if (!target || name.endsWith("_FORMS")) return;
      if (target.type === "checkbox") target.checked = true;
      else target.value = value;
      if (target.matches("[data-rich]")) target.dispatchEvent(new Event("ctai:laid"));
    });
  };

  // --- saving

  const stop = (message, { compared = false, taken = false } = {}) => {
    paused = true;
    stopped.querySelector("[data-stopped-message]").textContent = message;
    compare.hidden = !compared;
    takeOver.hidden = !taken;
    stopped.hidden = false;
    say("");
  };
  const resume = () => {
    paused = false;
    stopped.hidden = true;
  };
  const post = (address, values) => fetch(address, {
    method: "POST",
    body: values,
    headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" },
    credentials: "same-origin",
  });
  const lay = (answer) => {
    field("version").value = answer.version;
    field("revision").value = answer.revision;
    Object.entries(answer.ids).forEach(([name, value]) => {
      const target = field(name);
      if (target) target.value = value;
    });
  };
  const save = async () => {
    window.clearTimeout(timer);
    if (paused || sending) return;
    sending = true;
    const mark = typed;
    say("Enregistrement en cours…");
    try {
      const values = new URLSearchParams(new FormData(form)); // quicker to read than parts of a file
      values.set("act", "draft");
      const response = await post(form.action || window.location.href, values);
      const isJson = (response.headers.get("Content-Type") || "").includes("json");
      const answer = isJson ? await response.json() : { message: "" };
      if (response.ok && isJson) {
        lay(answer);
        say(answer.message);
        tellPrinting(answer.printing);
        if (typed === mark) {
          forget();
          delete form.dataset.dirty;
        }
      } else if (response.status === 423) stop(answer.message, { taken: true });
      else if (response.status === 409) stop(answer.message, { compared: true });
      else if (response.status === 422) say(`Non enregistré\u00a0: ${answer.message}`);
      else throw new Error(String(response.status));
    } catch {
      keep();
      say("La liaison avec le portail a échoué. Votre saisie est gardée sur cet ordinateur et sera envoyée au retour du réseau.");
      timer = window.setTimeout(save, 15000);
    } finally {
      sending = false;
    }
    if (typed !== mark && !paused) later();
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, DELAY);
  };
  const changed = (event) => {
    if (!event.target.name) return;
    typed += 1;
    form.dataset.dirty = "1";
    keep();
    if (!paused) later();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", () => { if ("dirty" in form.dataset) save(); });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    paused = true;
    keep();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  document.querySelectorAll("[data-forget]").forEach((link) => link.addEventListener("click", () => {
    forget();
    delete form.dataset.dirty;
  }));

  // --- the reservation

  const act = (name) => {
    const values = new FormData();
    values.set("act", name);
    values.set("csrfmiddlewaretoken", token());
    return values;
  };
  const beat = async () => {
    if (paused && !takeOver.hidden) return;
    try {
      const response = await post(form.dataset.lock, act("beat"));
      if (response.status === 423) stop((await response.json()).message, { taken: true });
      else if (response.status === 409) stop((await response.json()).message);
    } catch { /* the next one will tell */ }
  };
  window.setInterval(beat, Number(form.dataset.beat) || BEAT);
  beat();
  takeOver.addEventListener("click", async () => {
    try {
      await post(form.dataset.lock, act("force"));
      resume();
      save();
    } catch {
      say("La liaison avec le portail a échoué. Réessayez dans un instant.");
    }
  });
  window.addEventListener("pagehide", () => {
    if (!form.dataset.sent) navigator.sendBeacon(form.dataset.lock, act("release"));
  });

  // --- what was found again

  const copy = kept();
  if (copy && "paused" in form.dataset) forget();
  else if (copy) {
    const at = new Date(copy.at);
    found.querySelector("[data-found-at]").textContent = at.toLocaleString("fr-FR", {
      day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
    });
    found.hidden = false;
    found.querySelector("[data-found-take]").addEventListener("click", () => {
      found.hidden = true;
      layAgain(copy);
      typed += 1;
      form.dataset.dirty = "1";
      save();
    });
    found.querySelector("[data-found-drop]").addEventListener("click", () => {
      found.hidden = true;
      forget();
    });
  }
})();
