// The page stays true by itself.  <body data-live="/live/…" data-live-after="41"> listens; when the line is down it asks
// again every 20 seconds, and comes back at a moment of its own so that not everybody knocks at once.

const POLL = 20_000;
const body = document.body;
const bar = document.getElementById("offline");
let after = body.dataset.liveAfter ?? "0";
let lastGood = new Date();
let failures = 0;
let polling;

function changed() {
  if (!document.hidden) body.dispatchEvent(new CustomEvent("samen:changed", { bubbles: true }));
}

function listen() {
  const stream = new EventSource(`${body.dataset.live}?after=${encodeURIComponent(after)}`);
  const news = (event) => {
    after = event.lastEventId || after;
    changed();
  };
  stream.addEventListener("open", () => {
    if (failures) changed();
    failures = 0;
    clearInterval(polling);
  });
  stream.addEventListener("message", news);
  stream.addEventListener("changed", news);
  stream.addEventListener("revoked", () => location.reload());
  stream.addEventListener("error", () => {
    stream.close();
    clearInterval(polling);
    polling = setInterval(changed, POLL);
    const wait = Math.min(1000 * 2 ** failures++, 30_000);
    setTimeout(listen, wait / 2 + Math.random() * wait);
  });
}

function connected(yes) {
  if (yes) lastGood = new Date();
  if (!bar || bar.hidden === yes) return;
  bar.hidden = yes;
  const { lang } = document.documentElement;
  const clock = lastGood.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  bar.querySelector("[data-offline-since]").textContent = lang.startsWith("nl") ? clock.replace(":", ".") : clock;
}

if (body.dataset.live) {
  listen();
  document.addEventListener("visibilitychange", changed);
}
addEventListener("offline", () => connected(false));
addEventListener("online", () => { connected(true); changed(); });
document.addEventListener("htmx:sendError", () => connected(false));
document.addEventListener("htmx:afterOnLoad", () => connected(true));
