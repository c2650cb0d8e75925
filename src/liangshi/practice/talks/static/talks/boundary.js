// Says where a teacher's part ends while 心理疏导 is chosen. Without JavaScript it always stands there.
(function () {
  const boundary = document.querySelector("[data-boundary]");
  if (!boundary) return;

  function show() {
    const chosen = [...document.querySelectorAll('[name="strategies"]:checked')].map((e) => e.value);
    boundary.hidden = !chosen.includes(boundary.dataset.boundary);
  }
  document.addEventListener("change", show);
  show();
})();
