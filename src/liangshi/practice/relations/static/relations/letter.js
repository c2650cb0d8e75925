// A tick before a line of one's own notes puts it at the end of the letter at once, and taking the tick away takes it out
// again. Without JavaScript the ticked lines are put there when it is sent, and shown before they are saved.
(function () {
  const text = document.querySelector('[name="text"]');
  const lines = document.querySelectorAll('[name="lines"]');
  if (!text || !lines.length) return;

  const said = (box) => box.closest("label").textContent.trim();
  document.addEventListener("change", (event) => {
    if (event.target.name !== "lines") return;
    const line = said(event.target);
    const rest = text.value.split("\n").filter((each) => each.trim() !== line);
    text.value = (event.target.checked ? [...rest.filter((each, n) => each || n), line] : rest).join("\n");
  });
  text.form.addEventListener("submit", () => lines.forEach((box) => (box.disabled = true)));
})();
