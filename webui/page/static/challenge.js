// Solves the task that a page carries while a forum is under pressure (ALTCHA's protocol): the number that, written after the salt,
// has the SHA-256 that is asked for. It works in small pieces, so that the page stays usable. Who has no script goes by the mailed code.
(() => {
  "use strict";

  const K = new Uint32Array(64), H = new Uint32Array(8);
  { // the first 32 bits of the fractional parts of the primes' cube and square roots
    const bits = (x) => ((x - Math.floor(x)) * 2 ** 32) >>> 0;
    for (let n = 2, i = 0; i < 64; n++) {
      let prime = true;
      for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
      if (!prime) continue;
      if (i < 8) H[i] = bits(Math.sqrt(n));
      K[i++] = bits(Math.cbrt(n));
    }
  }
  const w = new Uint32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  const block = (state, bytes, at) => {
    for (let i = 0; i < 16; i++, at += 4) w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const s = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const t = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + s) | 0; d = c; c = b; b = a; a = (s + t) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  };

  // numbers gives a function that tells whether a number is the one: the salt's whole blocks are hashed once.
  const numbers = (salt, wanted) => {
    const head = new TextEncoder().encode(salt), whole = head.length - head.length % 64;
    const start = Uint32Array.from(H), tail = new Uint8Array(128), state = new Uint32Array(8);
    for (let at = 0; at < whole; at += 64) block(start, head, at);
    const want = Uint32Array.from({ length: 8 }, (_, i) => parseInt(wanted.slice(8 * i, 8 * i + 8), 16));
    return (number) => {
      const digits = String(number), rest = head.length - whole;
      tail.fill(0);
      tail.set(head.subarray(whole));
      for (let i = 0; i < digits.length; i++) tail[rest + i] = digits.charCodeAt(i);
      tail[rest + digits.length] = 0x80;
      const long = rest + digits.length + 9 > 64 ? 128 : 64, bits = 8 * (head.length + digits.length);
      tail[long - 4] = bits >>> 24; tail[long - 3] = bits >>> 16; tail[long - 2] = bits >>> 8; tail[long - 1] = bits;
      state.set(start);
      for (let at = 0; at < long; at += 64) block(state, tail, at);
      for (let i = 0; i < 8; i++) if (state[i] !== want[i]) return false;
      return true;
    };
  };

  const solve = async (task) => {
    const found = numbers(task.salt, task.challenge);
    for (let n = 0; n <= task.maxnumber;) {
      for (const until = performance.now() + 12; n <= task.maxnumber && performance.now() < until;) {
        for (let i = 0; i < 64 && n <= task.maxnumber; i++, n++) {
          if (found(n)) return btoa(JSON.stringify({ algorithm: task.algorithm, challenge: task.challenge, number: n, salt: task.salt, signature: task.signature }));
        }
      }
      await new Promise((go) => setTimeout(go));
    }
    throw new Error("no number has that hash");
  };

  for (const box of document.querySelectorAll("[data-task]")) {
    const form = box.closest("form"), answer = form.elements.namedItem("altcha"), status = box.querySelector("[role=status]"), without = box.querySelector(".without");
    let pressed = null, holding = false, failed = false, expires = 0;
    without.hidden = true;
    const say = (what) => { status.textContent = box.dataset[what]; };
    const begin = async (task) => {
      answer.value = "";
      expires = performance.now() + 1000 * Number(box.dataset.life) - 30000;
      say(holding ? "sending" : "working");
      try {
        answer.value = await solve(task || await (await fetch(box.dataset.source, { credentials: "same-origin" })).json());
        say("done");
        if (holding || "sendWhenDone" in form.dataset) form.requestSubmit(pressed);
      } catch {
        failed = true;
        without.hidden = false;
        say("failed");
      }
    };
    form.addEventListener("submit", (event) => {
      if (failed || event.submitter && event.submitter.hasAttribute("formaction")) return; // changing the text needs no task
      if (answer.value && performance.now() < expires) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = event.submitter;
      if (holding) return;
      holding = true;
      if (answer.value) begin(); else say("sending"); // expired while one was reading
    }, true);
    begin(JSON.parse(box.dataset.task));
  }
})();
