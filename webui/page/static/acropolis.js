// Everything works without this file. It focuses the error summary, filters lists while one types, counts characters and
// warns before typed text is lost.
(() => {
  "use strict";

  const summary = document.getElementById("errors");
  if (summary) summary.focus();

  // A form with data-live="#list" fetches its own address and swaps the element with that id.
  const say = (text) => { document.getElementById("live").textContent = text; };
  for (const form of document.querySelectorAll("form[data-live]")) {
    let latest = 0, timer = 0;
    const load = async () => {
      const mine = ++latest;
      const address = new URL(form.getAttribute("action") || location.pathname, location.href);
      address.search = new URLSearchParams(new FormData(form)).toString();
      try {
        const answer = await fetch(address, { credentials: "same-origin" });
        if (!answer.ok || mine !== latest) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector(form.dataset.live), stale = document.querySelector(form.dataset.live);
        if (!fresh || !stale || mine !== latest) return;
        stale.replaceWith(fresh);
        history.replaceState(null, "", address);
        say(document.body.dataset.updated);
      } catch { /* the button still works */ }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, 300); });
  }

  // A form with data-peek="address" data-into="#part" sends what is typed so far there and shows that part of the answer.
  for (const form of document.querySelectorAll("form[data-peek]")) {
    let latest = 0, timer = 0;
    const peek = async () => {
      const mine = ++latest;
      try {
        const answer = await fetch(form.dataset.peek, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
        if (!answer.ok || mine !== latest) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector(form.dataset.into), stale = document.querySelector(form.dataset.into);
        if (fresh && stale && fresh.innerHTML !== stale.innerHTML) stale.replaceChildren(...fresh.childNodes);
      } catch { /* it is shown before sending, too */ }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(peek, 700); });
  }

  // How much of a text's room is used, in characters as the server counts them.
  for (const area of document.querySelectorAll("textarea[data-max]")) {
    const note = document.getElementById(area.id + "-count");
    if (!note) continue;
    const rule = note.textContent;
    const count = () => { note.textContent = `${rule} (${[...area.value].length.toLocaleString(document.documentElement.lang)}/${Number(area.dataset.max).toLocaleString(document.documentElement.lang)})`; };
    area.addEventListener("input", count);
    count();
  }

  // A form with data-warn asks before typed text is lost.
  let typed = false;
  for (const form of document.querySelectorAll("form[data-warn]")) {
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
  }
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

  // A second press within three seconds is a double click; the form key makes later ones harmless, too.
  for (const form of document.querySelectorAll("form[method=post]")) {
    let sent = 0;
    form.addEventListener("submit", (event) => {
      if (Date.now() - sent < 3000) event.preventDefault();
      sent = Date.now();
    });
  }

  for (const b of document.querySelectorAll("button[data-print]")) b.addEventListener("click", () => print());
})();
