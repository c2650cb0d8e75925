// The board of a proposal: a student is dragged to another mentor; the drop leads to the page that asks for the
// reason. A full mentor turns red and takes nobody. The server checks it all again, and every student is a link
// to the same page, so nothing here is needed.
const board = document.querySelector("[data-board]");
const said = document.getElementById("board-said");
const hint = said.textContent;
let held = null;

function say(words, bad = false) {
  said.textContent = words;
  said.classList.toggle("is-bad", bad);
}

function number(mentor, name) {
  return Number(mentor.dataset[name]);
}

/** Why this mentor cannot take the student that is held, or "". */
function refusal(mentor) {
  const { name, count, upper } = mentor.dataset;
  return number(mentor, "count") >= number(mentor, "upper") ? `${name}已满（${count}/${upper}），不能再调入。` : "";
}

function clear() {
  board.querySelectorAll(".is-target, .is-refused").forEach((one) => one.classList.remove("is-target", "is-refused"));
}

board.addEventListener("dragstart", (event) => {
  const chip = event.target.closest(".chip");
  if (!chip) return;
  const from = chip.closest("[data-mentor]");
  if (number(from, "count") <= number(from, "lower")) {
    event.preventDefault();
    say(`${from.dataset.name}至少要带 ${from.dataset.lower} 名学生，不能再调出。请先调入一名。`, true);
    return;
  }
  held = { chip, from };
  chip.classList.add("is-held");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", chip.firstChild.textContent);
  say("拖到另一位导师那里放开。");
});

board.addEventListener("dragover", (event) => {
  const mentor = event.target.closest("[data-mentor]");
  if (!held || !mentor || mentor === held.from) {
    clear();
    return;
  }
  const why = refusal(mentor);
  const mark = why ? "is-refused" : "is-target";
  if (!mentor.classList.contains(mark)) {
    clear();
    mentor.classList.add(mark);
    say(why || `调到${mentor.dataset.name}（${mentor.dataset.count}/${mentor.dataset.upper}）？放开后选原因。`, Boolean(why));
  }
  if (!why) event.preventDefault(); // only what is allowed can be dropped
});

board.addEventListener("drop", (event) => {
  const mentor = event.target.closest("[data-mentor]");
  if (!held || !mentor || mentor === held.from || refusal(mentor)) return;
  event.preventDefault();
  window.location.assign(`${held.chip.href}?to=${mentor.dataset.mentor}`);
});

board.addEventListener("dragend", () => {
  if (held) held.chip.classList.remove("is-held");
  held = null;
  clear();
  if (!said.classList.contains("is-bad")) say(hint);
});
