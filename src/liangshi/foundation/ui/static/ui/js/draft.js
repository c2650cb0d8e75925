// Sends what has been typed of a record to the server as one types, so that a dead battery, a lost phone or an ended
// session costs nothing. Nothing is kept in the browser: what a student confides does not belong on a shared computer.
(function () {
  const form = document.querySelector("form[data-draft]");
  const state = document.querySelector("[data-draft-state]");

  if (!form) return;

  const typed = () => new URLSearchParams(new FormData(form));
  let timer = 0;
  let kept = typed().toString();

  async function keep() {
    const now = typed();
    if (now.toString() === kept) return;
    let said = "草稿没存上：网络断了，或者登录过期了。先别关这一页。";
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: now, redirect: "manual" });
      if (answer.status === 204) {
        kept = now.toString();
        said = "草稿已存";
      } else if (answer.status === 422) said = await answer.text();
    } catch (offline) {
      timer = setTimeout(keep, 5000);
    }
    state.textContent = said;
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(keep, 1000);
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && typed().toString() !== kept) {
      navigator.sendBeacon(form.dataset.draft, typed());
    }
  });
})();
