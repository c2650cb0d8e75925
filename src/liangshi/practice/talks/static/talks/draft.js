// Keeps an unsaved talk on the phone: a battery that dies costs nothing. What only the author may read (level 2) is
// never kept: of such a talk the ticks alone stay. Cleared when the talk is saved and on signing out (page.js).
(function () {
  const DAYS = 7;
  const boundary = document.querySelector("[data-boundary]");
  const form = document.querySelector("form[data-draft]");
  const strategies = () => [...document.querySelectorAll('[name="strategies"]:checked')].map((e) => e.value);

  function showBoundary() {
    if (boundary) boundary.hidden = !strategies().includes(boundary.dataset.boundary);
  }
  document.addEventListener("change", showBoundary);
  showBoundary();
  if (!form) return;

  const name = `draft:${form.dataset.draft}`;
  const isText = (e) => e.tagName === "TEXTAREA" || e.type === "text";
  const kept = () => [...form.elements].filter((e) => e.name && e.type !== "submit" && e.name !== "csrfmiddlewaretoken");

  function forTheAuthorAlone() {
    const level = form.querySelector('[name="level"]:checked');
    const chosen = level ? level.value : "";
    return chosen === "2" || (chosen === "" && strategies().includes("XL"));
  }

  function store() {
    const fields = [];
    for (const e of kept()) {
      if (isText(e) && forTheAuthorAlone()) continue;
      if (["checkbox", "radio"].includes(e.type)) {
        if (e.checked) fields.push([e.name, e.value]);
      } else if (e.value) fields.push([e.name, e.value]);
    }
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), fields }));
    } catch (full) {
      // A phone without room keeps no draft; the form works all the same.
    }
  }

  function restore() {
    let draft = null;
    try {
      draft = JSON.parse(localStorage.getItem(name));
    } catch (broken) {
      localStorage.removeItem(name);
    }
    if (!draft || Date.now() - draft.at > DAYS * 86400e3) {
      localStorage.removeItem(name);
      return;
    }
    const has = (e) => draft.fields.some(([field, value]) => field === e.name && value === e.value);
    for (const e of kept()) {
      if (["checkbox", "radio"].includes(e.type)) {
        if (has(e)) e.checked = true;
      } else {
        const held = draft.fields.find(([field]) => field === e.name);
        if (held) e.value = held[1];
      }
    }
    if (draft.fields.some(([field, value]) => value && ["gist", "agreed", "place"].includes(field))) {
      form.querySelector("details").open = true;
    }
    showBoundary();
  }

  // A form that came back with an error holds what was typed: that is newer than the draft.
  if (document.querySelector(".error-summary")) store();
  else if (!location.search) restore();
  form.addEventListener("input", store);
  form.addEventListener("change", store);
})();
