// Seconds in which something can still be taken back.  At nought the way back closes and the page looks again.

setInterval(() => {
  for (const one of document.querySelectorAll("[data-countdown]")) {
    const left = Math.max(Number(one.dataset.countdown) - 1, 0);
    one.dataset.countdown = left;
    one.querySelectorAll("[data-seconds]").forEach((place) => { place.textContent = left; });
    one.querySelectorAll("progress").forEach((bar) => { bar.value = left; });
    if (left) continue;
    one.removeAttribute("data-countdown");
    (one.closest("[data-toast]") ?? one).hidden = true;
    document.body.dispatchEvent(new CustomEvent("samen:changed", { bubbles: true }));
  }
}, 1000);
