// SPDX-License-Identifier: Apache-2.0

extension Page {
  /// What a page does beyond what it shows without: the search, links to a case, and a packet's fields and bytes that
  /// point to each other. What it puts into the page is what the page has for those without scripts, as it was written.
  static let script = #"""

    "use strict";
    (() => {
      const all = (selector, within = document) => [...within.querySelectorAll(selector)];
      const cases = all(".case"), find = document.getElementById("find");
      const found = document.getElementById("found"), nothing = document.getElementById("nothing");

      const texts = new Map();
      const text = (one) => {
        if (!texts.has(one)) {
          const name = one.querySelector(".name").textContent;
          texts.set(one, (name + " " + (one.dataset.tags || "")).toLowerCase());
        }
        return texts.get(one);
      };
      const search = () => {
        const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
        let count = 0;
        for (const one of cases) {
          const isIn = words.every((word) => text(one).includes(word));
          one.classList.toggle("out", !isIn);
          if (isIn) count += 1;
        }
        for (const group of all(".group")) group.classList.toggle("out", !group.querySelector(".case:not(.out)"));
        found.textContent = words.length ? count + " of " + cases.length : "";
        nothing.hidden = count > 0 || cases.length === 0;
      };
      const main = document.querySelector("main");
      const choose = () => { main.dataset.show = document.querySelector("[name=show]:checked").value; };
      for (const button of all("[name=show]")) button.addEventListener("change", choose);
      // A browser keeps what was chosen when the page is loaded again.
      choose();
      let pending = 0;
      find.parentElement.hidden = false;
      find.addEventListener("input", () => {
        clearTimeout(pending);
        pending = setTimeout(search, cases.length > 2000 ? 150 : 0);
      });
      document.addEventListener("keydown", (event) => {
        const isTyping = event.target.matches("input[type=search]");
        if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
          event.preventDefault();
          find.focus();
        } else if (event.key === "Escape" && isTyping && find.value) {
          find.value = "";
          search();
        }
      });

      // What stands below a case's line is text until somebody opens it: ten thousand of them would take a browser long.
      const fill = (details) => {
        const held = details.querySelector(":scope > noscript");
        if (!held) return;
        const template = document.createElement("template");
        template.innerHTML = held.textContent;
        held.replaceWith(template.content);
      };
      const open = (details) => { fill(details); details.open = true; };
      const openTarget = () => {
        const target = document.getElementById(location.hash.slice(1));
        const details = target && target.matches(".case") ? target.querySelector("details") : null;
        if (details) open(details);
        if (target) target.scrollIntoView();
        return details;
      };
      addEventListener("hashchange", openTarget);
      if (!openTarget()) {
        const first = document.querySelector(".case.failed > details, .case.flaky > details");
        if (first) open(first);
      }

      // Each byte gets an element when a packet is opened: a page has too many for all of them to have one.
      const split = (dump) => {
        const walker = document.createTreeWalker(dump, NodeFilter.SHOW_TEXT);
        const nodes = [];
        while (walker.nextNode()) nodes.push(walker.currentNode);
        let line = 0, column = 0;
        for (const node of nodes) {
          const parts = document.createDocumentFragment();
          let plain = "";
          const value = node.data;
          for (let at = 0; at < value.length; at += 1) {
            const isHex = column >= 6 && column < 54, isText = column >= 55;
            const index = line * 16 + (isHex ? Math.floor((column - 6) / 3) : column - 55);
            const isDigit = isHex && (column - 6) % 3 < 2 && value[at] !== " ";
            if (value[at] === "\n") {
              plain += "\n"; line += 1; column = 0;
              continue;
            }
            if (isDigit || isText) {
              if (plain) { parts.append(plain); plain = ""; }
              const byte = document.createElement("span");
              byte.dataset.i = index;
              byte.textContent = isDigit ? value.slice(at, at + 2) : value[at];
              if (isDigit) { at += 1; column += 1; }
              parts.append(byte);
            } else {
              plain += value[at];
            }
            column += 1;
          }
          if (plain) parts.append(plain);
          node.replaceWith(parts);
        }
      };
      // What a finding is about may stand far down or to the right in its file.
      const show = (mark) => {
        if (!mark) return;
        const source = mark.closest(".source"), place = mark.getBoundingClientRect(), around = source.getBoundingClientRect();
        if (place.right > around.right) source.scrollLeft += place.left - around.left - around.width / 3;
        if (place.bottom > around.bottom) source.scrollTop += place.top - around.top - around.height / 3;
      };
      const prepare = (frame) => {
        if (frame.dataset.ready) return;
        frame.dataset.ready = "1";
        const dump = frame.querySelector(".hex"), rows = all("tr[data-b]", frame);
        split(dump.querySelector(".dump"));
        const bytes = new Map();
        for (const byte of all("[data-i]", dump)) {
          const index = Number(byte.dataset.i);
          if (!bytes.has(index)) bytes.set(index, []);
          bytes.get(index).push(byte);
        }
        const range = (row) => row.dataset.b.split("-").map(Number);
        const choose = (row) => {
          for (const other of rows) {
            other.classList.toggle("on", other === row);
            other.tabIndex = other === row ? 0 : -1;
            if (other === row) other.setAttribute("aria-current", "true");
            else other.removeAttribute("aria-current");
          }
          const [start, end] = range(row);
          for (const [index, parts] of bytes)
            for (const part of parts) part.classList.toggle("on", index >= start && index < end);
        };
        rows.forEach((row, place) => {
          row.tabIndex = place ? -1 : 0;
          row.addEventListener("click", () => choose(row));
          row.addEventListener("focus", () => choose(row));
          row.addEventListener("keydown", (event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            const next = step && rows[place + step];
            if (next) { event.preventDefault(); next.focus(); }
          });
        });
        dump.addEventListener("click", (event) => {
          const byte = event.target.closest("[data-i]");
          if (!byte) return;
          const index = Number(byte.dataset.i);
          const size = (row) => { const [start, end] = range(row); return end - start; };
          const around = rows.filter((row) => { const [start, end] = range(row); return index >= start && index < end; });
          around.sort((one, other) => size(one) - size(other));
          if (around[0]) choose(around[0]);
        });
      };
      document.addEventListener("toggle", (event) => {
        if (!event.target.open) return;
        if (event.target.parentElement.matches(".case")) {
          fill(event.target);
          show(event.target.querySelector(".source mark"));
          for (const frame of all(".packet details[open] .frame", event.target)) prepare(frame);
        }
        if (!event.target.closest(".packet")) return;
        for (const frame of all(".frame", event.target)) prepare(frame);
      }, true);
    })();

    """#
}
