// Parts of a page that keep themselves fresh: a stream says that something changed, and the page asks for itself again.
// <div id="tasks" data-live="/approval/live/list">…</div>, with its note, from the macro `live`; see shared/web/README.md.
(() => {
  "use strict";
  const SOON = 1000, LONGEST = 30000; // before a stream is opened again
  const LOST = 5000; // without a stream until the reader is told
  const SILENT = 35000; // without a beat until a stream counts as lost
  const HIDDEN = 30000; // out of sight until the streams are closed
  const FRESH = 10000; // what is younger is not asked for again only because it came into sight
  const OLD = 120000; // what is older is asked for in any case: countdowns move by themselves

  const parts = () => [...document.querySelectorAll("[data-live][id]")];
  const asked = performance.getEntriesByType("navigation")[0];
  let shown = Date.now() - performance.now() + (asked ? asked.requestStart : 0); // when what is shown was asked for
  let busy = false, again = false, held = false, over = false, lost = 0, retry = 0;

  // -- what the reader is told ----------------------------------------------------------------

  function say(which) {
    for (const note of document.querySelectorAll("[data-live-note]")) {
      const place = note.querySelector("[role=status]"), text = which ? note.dataset[which] : "";
      note.dataset.now = which;
      if (place.textContent !== text) place.textContent = text;
    }
  }

  function announce(which) {
    say("");
    setTimeout(() => say(which), 100); // said anew, although it may be what was said last
  }

  // -- what the reader is doing ---------------------------------------------------------------

  function touched(field) {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "file") return field.files.length > 0;
    if (!(field instanceof HTMLSelectElement)) return field.value !== field.defaultValue;
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return !field.multiple && field.selectedIndex !== Math.max(first, 0);
  }

  function working(part) {
    const at = document.activeElement;
    if (part.contains(at) && at.matches("input, select, textarea")) return true;
    return [...part.querySelectorAll("input, select, textarea")].some(touched);
  }

  // -- asking for the page again --------------------------------------------------------------

  async function refresh() {
    if (busy || over) return void (again = busy);
    if (parts().some(working)) return hold();
    clearTimeout(retry);
    busy = true;
    again = held = false;
    retry = 0;
    const now = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(20000) });
      if (answer.redirected || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) return stop();
      if (!answer.ok) throw new Error(answer.status);
      await show(new DOMParser().parseFromString(await answer.text(), "text/html"), now);
    } catch {
      retry = setTimeout(() => ((retry = 0), document.hidden || refresh()), SOON * 10);
    } finally {
      busy = false;
      if (again) refresh();
    }
  }

  async function show(page, now) {
    if (parts().some(working)) return hold();
    const fresh = parts().map((part) => [part, page.getElementById(part.id)]);
    if (fresh.some(([, found]) => !found)) return stop();
    const said = fresh.some(([part, found]) => words(part) !== words(found));
    for (const [part, found] of fresh) await morph(part, found);
    shown = now;
    if (said) announce("changed");
    else if (!lost) say("");
  }

  const words = (part) => part.textContent.replace(/\s+/g, " ").trim();

  async function morph(part, found) {
    const name = (each) => each.id || words(each.querySelector("summary") || each);
    const open = new Set([...part.querySelectorAll("details[open]")].map(name));
    for (const each of found.querySelectorAll("details")) if (open.has(name(each))) each.open = true;
    const at = part.contains(document.activeElement) ? document.activeElement : null;
    if (window.htmx) await htmx.swap({ sourceElement: part, target: part, text: found.innerHTML, swap: "innerMorph" });
    else part.replaceChildren(...found.childNodes);
    if (at && document.activeElement !== at) refocus(part, at);
  }

  function refocus(part, was) {
    const href = was.getAttribute("href");
    const same = (was.id && document.getElementById(was.id)) || (href && part.querySelector(`a[href="${CSS.escape(href)}"]`));
    if (!same) part.tabIndex = -1;
    (same || part).focus({ preventScroll: true });
  }

  function hold() {
    held = true;
    say("held");
  }

  function stop() {
    over = true;
    streams.forEach((stream) => stream.close());
    say("stale");
  }

  // -- the streams ----------------------------------------------------------------------------

  class Stream {
    constructor(address) {
      this.address = address;
      this.failures = 0;
    }

    open() {
      clearTimeout(this.timer);
      if (this.source || over || document.hidden) return;
      this.heard = Date.now();
      this.source = new EventSource(`${this.address}?age=${((Date.now() - shown) / 1000).toFixed(1)}`);
      this.source.addEventListener("beat", () => this.alive());
      this.source.addEventListener("changed", () => (this.alive(), refresh()));
      this.source.addEventListener("error", () => this.fail());
    }

    alive() {
      this.heard = Date.now();
      this.failures = 0;
      if (streams.some((stream) => stream.failures)) return;
      if (lost && document.querySelector("[data-live-note][data-now=lost]")) say("");
      lost = 0;
    }

    fail() {
      this.close();
      lost = lost || Date.now();
      const wait = Math.min(SOON * 2 ** this.failures++, LONGEST);
      this.timer = setTimeout(() => this.open(), wait * (0.5 + Math.random()));
      if (this.failures === 3) refresh(); // the page knows why: the reader may have signed out
    }

    close() {
      clearTimeout(this.timer);
      if (this.source) this.source.close();
      this.source = null;
    }
  }

  const streams = [...new Set(parts().map((part) => part.dataset.live))].map((address) => new Stream(address));
  if (!streams.length) return;
  let parting = 0;
  const open = () => streams.forEach((stream) => stream.open());
  const close = () => streams.forEach((stream) => stream.close());

  function seen() {
    clearTimeout(parting);
    if (document.hidden) return void (parting = setTimeout(close, HIDDEN));
    open();
    if (Date.now() - shown > FRESH) refresh();
  }

  function look() {
    if (document.hidden || over) return;
    for (const stream of streams) if (stream.source && Date.now() - stream.heard > SILENT) stream.fail();
    if (lost && Date.now() - lost > LOST) say("lost");
    if (Date.now() - shown > OLD && !held && !retry) refresh();
  }

  document.addEventListener("visibilitychange", seen);
  document.addEventListener("focusout", () => held && setTimeout(() => held && refresh(), 500));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && (open(), refresh()));
  window.addEventListener("online", open);
  setInterval(look, LOST);
  open();
})();
