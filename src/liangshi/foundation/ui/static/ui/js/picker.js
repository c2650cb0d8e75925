// Tap to rank, tap again to remove. The select boxes stay the form's data; this only drives them.
const AVOID = "avoid";

function start(picker) {
  const limits = { wishes: Number(picker.dataset.wishes), avoid: Number(picker.dataset.avoid) };
  const said = picker.querySelector("[data-said]");
  const order = picker.querySelector("[data-order]");
  const find = picker.querySelector("[data-find]");
  const picks = [...picker.querySelectorAll("[data-pick]")].map((card) => ({
    card,
    name: card.dataset.pick,
    select: card.querySelector("select"),
    rank: card.querySelector("[data-rank]"),
    avoid: card.querySelector("[data-avoid]"),
  }));
  const wished = () => picks
    .filter((pick) => pick.select.value && pick.select.value !== AVOID)
    .sort((a, b) => a.select.value - b.select.value);
  const avoided = () => picks.filter((pick) => pick.select.value === AVOID);

  function say(words) {
    said.textContent = words;
  }

  function setPressed(button, pressed, words) {
    button.setAttribute("aria-pressed", String(pressed));
    button.querySelector(".pick-word").textContent = words;
  }

  function chip(pick, words, kind) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${words} ${pick.name} ×`;
    button.setAttribute("aria-label", `${words} ${pick.name}，点一下去掉`);
    button.addEventListener("click", () => {
      toggle(pick, kind);
      pick.rank.focus({ preventScroll: true }); // the chip is gone; keep the keyboard near
    });
    if (kind === "avoid") item.className = "is-avoid";
    item.append(button);
    return item;
  }

  function show() {
    // Removing the second wish makes the third the second: ranks never have a gap.
    wished().forEach((pick, index) => { pick.select.value = String(index + 1); });
    picks.forEach((pick) => {
      const mark = pick.select.value;
      const ranked = mark !== "" && mark !== AVOID;
      setPressed(pick.rank, ranked, ranked ? `第 ${mark} 志愿` : "选");
      if (pick.avoid) setPressed(pick.avoid, mark === AVOID, mark === AVOID ? "已回避" : "回避");
      pick.card.classList.toggle("pick-ranked", ranked);
      pick.card.classList.toggle("pick-avoided", mark === AVOID);
    });
    const chips = [
      ...wished().map((pick) => chip(pick, pick.select.value, "rank")),
      ...avoided().map((pick) => chip(pick, "回避", "avoid")),
    ];
    if (!chips.length) {
      const hint = document.createElement("li");
      hint.className = "hint";
      hint.textContent = limits.wishes > 1 ? `按喜欢的先后点，最多 ${limits.wishes} 位。` : "点一位就好。";
      chips.push(hint);
    }
    order.replaceChildren(...chips);
  }

  function mark(pick, kind) {
    if (kind === "rank") {
      const next = wished().length + 1;
      if (next > limits.wishes) return say(`已经选满 ${limits.wishes} 位。先去掉一位，再选${pick.name}。`);
      pick.select.value = String(next);
      return say(`${pick.name}：第 ${next} 志愿。`);
    }
    if (avoided().length >= limits.avoid) return say(`最多回避 ${limits.avoid} 位。`);
    pick.select.value = AVOID;
    return say(`已回避${pick.name}。`);
  }

  function toggle(pick, kind) {
    const marked = pick.select.value;
    const same = kind === "avoid" ? marked === AVOID : marked !== "" && marked !== AVOID;
    pick.select.value = "";
    if (same) say(`去掉了${pick.name}。`);
    else {
      mark(pick, kind);
      if (pick.select.value === "") pick.select.value = marked;
    }
    show();
  }

  picks.forEach((pick) => {
    pick.rank.addEventListener("click", () => toggle(pick, "rank"));
    pick.avoid?.addEventListener("click", () => toggle(pick, "avoid"));
    pick.card.querySelector(".pick-who").addEventListener("click", () => toggle(pick, "rank"));
  });
  find?.addEventListener("input", () => {
    const asked = find.value.trim().toLowerCase();
    const shown = picks.filter((pick) => {
      const text = `${pick.name} ${pick.card.dataset.keys} ${pick.card.querySelector(".pick-text").textContent}`;
      pick.card.hidden = !text.toLowerCase().includes(asked);
      return !pick.card.hidden;
    });
    say(asked ? `找到 ${shown.length} 位。` : "");
  });
  // Enter in the search box must not send the form.
  find?.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  picker.classList.add("picker-live");
  show();
}

document.querySelectorAll("[data-picker]").forEach(start);
