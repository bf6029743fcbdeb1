// The wall keeps itself fresh for months: a stream pushes the parts that have changed, and what goes wrong is mended by
// itself. While the stream is away, the parts are asked for with growing pauses, which also tells why it is away.
(() => {
  "use strict";
  const wall = document.querySelector("[data-wall]");
  if (!wall) return;
  const FIRST = 1000, LONGEST = 60000; // ms before another attempt
  const SILENT = 25000; // without a word from the stream (it has a beat) until it counts as lost
  const HIDDEN = 30000; // out of sight until the stream is closed
  const RENEWED = 600000; // between two reloads for a new release, at least

  const told = { ...wall.dataset };
  const note = wall.querySelector("[data-note]");
  const clock = wall.querySelector("[data-clock]");
  const hours = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const figures = window.wallFigures ? window.wallFigures(wall) : null;
  const shown = new Map(); // part → its HTML
  let at = Number(told.at), ahead = at - Date.now(); // when the numbers were right; the hall's clock before this one
  let source = null, asking = false, timer = 0, heard = Date.now(), failures = 0, parting = 0;

  // -- what is shown --------------------------------------------------------------------------

  function show(news) {
    at = news.at;
    ahead = at - Date.now();
    if (news.release !== told.release) renew(news.release);
    for (const [name, html] of Object.entries(news.parts)) replace(name, html);
    tick();
  }

  function replace(name, html) {
    const part = wall.querySelector(`[data-part="${name}"]`);
    if (!part || shown.get(name) === html) return;
    shown.set(name, html);
    const before = new Set([...part.querySelectorAll("[data-key]")].map((each) => each.dataset.key));
    const link = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = html;
    if (link) part.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
    for (const each of part.querySelectorAll("[data-key]")) if (!before.has(each.dataset.key)) each.classList.add("new");
    if (figures) figures.draw(part);
  }

  function tick() {
    const text = hours.format(Date.now() + ahead);
    if (clock.textContent !== text) clock.textContent = text;
  }

  function say(what) {
    const place = note.querySelector("[role=status]"), link = note.querySelector("a");
    const text = what ? told[what].replace("{time}", hours.format(at)) : "";
    if (place.textContent !== text) place.textContent = text;
    note.hidden = !what;
    link.hidden = what !== "gone";
    wall.classList.toggle("wall--old", Boolean(what));
  }

  function renew(release) {
    const last = Number(sessionStorage.getItem("wall-renewed") || 0);
    if (Date.now() - last < RENEWED) return; // two releases that answer in turn must not make a loop
    sessionStorage.setItem("wall-renewed", String(Date.now()));
    told.release = release;
    location.reload();
  }

  // -- the stream -----------------------------------------------------------------------------

  async function connect() {
    clearTimeout(timer);
    timer = 0;
    if (source || asking || document.hidden) return;
    if (failures) {
      asking = true;
      const why = await ask();
      asking = false;
      say(why);
      if (why) return later();
    }
    listen();
  }

  // "" when the parts came; else which words tell why not.
  async function ask() {
    try {
      const answer = await fetch(told.parts, { headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(15000) });
      if (answer.type === "opaqueredirect" || answer.status === 401) return "gone";
      if (answer.status === 403) return "denied";
      if (!answer.ok) return "lost";
      show(await answer.json());
      return "";
    } catch {
      return "lost";
    }
  }

  function listen() {
    if (source || document.hidden) return;
    heard = Date.now();
    source = new EventSource(told.live);
    source.addEventListener("parts", (event) => {
      heard = Date.now();
      failures = 0;
      show(JSON.parse(event.data));
      say("");
    });
    source.addEventListener("late", () => {
      heard = Date.now();
      say("late");
    });
    source.addEventListener("error", lose);
  }

  function lose() {
    close();
    later();
  }

  function later() {
    clearTimeout(timer);
    const pause = Math.min(FIRST * 2 ** Math.min(failures++, 10), LONGEST);
    timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  function again() {
    if (source || asking) return;
    failures = Math.max(1, failures); // asks first: it may have been away for long
    connect();
  }

  function seen() {
    clearTimeout(parting);
    if (document.hidden) parting = setTimeout(() => (close(), clearTimeout(timer)), HIDDEN);
    else again();
  }

  setInterval(() => {
    tick();
    if (source && Date.now() - heard > SILENT) lose(); // a connection that died unnoticed, or a laptop that slept
  }, 1000);
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("online", again);
  window.addEventListener("focus", again);
  window.addEventListener("pageshow", (event) => event.persisted && again());
  window.addEventListener("pagehide", close);
  for (const part of wall.querySelectorAll("[data-part]")) if (figures) figures.draw(part);
  connect();
})();
