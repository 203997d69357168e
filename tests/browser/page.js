// Runs in the browser: sets each case as the article view would, and says where the browser puts its characters.
// Offsets that leave or enter this file are code points; inside it is UTF-16, as in the DOM.
'use strict';

const LEFT = 40; // padding beside the text, so that points outside it can be hit

// A small generator with a seed (mulberry32): the same ranges in each run.
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Where a segmenter cuts a text, in UTF-16: starts and the end.
function cuts(text, granularity) {
  const segments = [...new Intl.Segmenter('und', { granularity }).segment(text)];
  return segments.map((s) => s.index).concat([text.length]);
}

// For each UTF-16 offset the code point offset.
function codePoints(text) {
  const map = [];
  let n = 0;
  for (let i = 0; i < text.length; n++) {
    const width = text.codePointAt(i) > 0xffff ? 2 : 1;
    for (let k = 0; k < width; k++) map[i++] = n;
  }
  map[text.length] = n;
  return map;
}

class Setting {
  constructor(root, test) {
    this.lineHeight = test.size * 1.8;
    this.text = test.text;
    this.width = test.width;
    root.replaceChildren();
    Object.assign(root.style, {
      width: `${test.width + 2 * LEFT}px`,
      fontSize: `${test.size}px`,
      lineHeight: `${this.lineHeight}px`,
    });
    root.dir = test.base;
    root.className = test.direction === 'auto' ? 'auto' : '';
    this.paragraphs = [];
    let start = 0;
    for (const text of test.text.split('\n')) {
      const element = document.createElement('div');
      const node = document.createTextNode(text);
      element.append(node);
      root.append(element);
      this.paragraphs.push({ element, node, start, end: start + text.length });
      start += text.length + 1;
    }
  }

  // The pieces of a range: [x0, x1, line], neighbours on a line merged, from top to bottom and left to right.
  pieces(start, end) {
    const found = [];
    for (const p of this.paragraphs) {
      const [from, to] = [Math.max(start, p.start), Math.min(end, p.end)];
      if (from >= to) continue;
      const range = document.createRange();
      range.setStart(p.node, from - p.start);
      range.setEnd(p.node, to - p.start);
      for (const r of range.getClientRects()) {
        found.push([r.left - LEFT, r.right - LEFT, Math.floor((r.top + r.bottom) / 2 / this.lineHeight)]);
      }
    }
    found.sort((a, b) => a[2] - b[2] || a[0] - b[0]);
    const merged = [];
    for (const piece of found) {
      const last = merged.at(-1);
      if (last && last[2] === piece[2] && piece[0] <= last[1] + 0.1) last[1] = Math.max(last[1], piece[1]);
      else merged.push(piece);
    }
    return merged;
  }

  // For each line its first offset and its left and right ends. A character without a place of its own stands with
  // the one before it.
  lines(graphemes) {
    const lines = [];
    const found = (n, start) => (lines[n] ??= { start, left: LEFT + this.width, right: -LEFT });
    for (let i = 0; i + 1 < graphemes.length; i++) {
      if (this.text[graphemes[i]] === '\n') continue;
      for (const [left, right, n] of this.pieces(graphemes[i], graphemes[i + 1])) {
        const line = found(n, graphemes[i]);
        [line.left, line.right] = [Math.min(line.left, left), Math.max(line.right, right)];
      }
    }
    // An empty paragraph has a line and no character.
    for (const p of this.paragraphs) {
      const top = p.element.getBoundingClientRect().top;
      if (p.start !== p.end) continue;
      const line = found(Math.floor((top + 1) / this.lineHeight), p.start);
      [line.left, line.right] = [0, this.width];
    }
    return lines;
  }

  hit(x, y) {
    const found = document.caretPositionFromPoint(x + LEFT, y);
    const p = this.paragraphs.find((p) => p.node === found?.offsetNode || p.element === found?.offsetNode);
    if (!p) return null;
    return p.node === found.offsetNode ? p.start + found.offset : found.offset ? p.end : p.start;
  }
}

function measure(root, test, index) {
  const setting = new Setting(root, test);
  const { text } = test;
  const at = codePoints(text);
  const graphemes = cuts(text, 'grapheme');
  const words = cuts(text, 'word');
  const ranges = [];
  for (let i = 0; i + 1 < words.length; i++) {
    if (text.slice(words[i], words[i + 1]).trim()) ranges.push([words[i], words[i + 1]]);
  }
  const random = generator(1 + index);
  for (let n = 0; n < test.ranges; n++) {
    const first = Math.floor(random() * (graphemes.length - 1));
    const long = random() < 0.5 ? 4 : 60;
    const last = Math.min(graphemes.length - 1, first + 1 + Math.floor(random() * long));
    ranges.push([graphemes[first], graphemes[last]]);
  }
  const lines = setting.lines(graphemes);
  const hits = [];
  // A grid over each line and a little beside it.
  for (let line = 0; line < lines.length; line++) {
    for (let x = lines[line].left - 7 + random() * 5; x < lines[line].right + 7; x += 5) {
      const y = (line + 0.2 + 0.6 * random()) * setting.lineHeight;
      const [px, py] = [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
      const offset = setting.hit(px, py);
      hits.push([px, py, offset === null ? -1 : at[offset]]);
    }
  }
  const round = (x) => Math.round(x * 1000) / 1000;
  return {
    lines: lines.map((line) => at[line.start]),
    spans: ranges.map(([a, b]) => [at[a], at[b]]),
    rects: ranges.map(([a, b]) => setting.pieces(a, b).map(([x0, x1, line]) => [round(x0), round(x1), line])),
    hits,
  };
}

async function main() {
  const root = document.getElementById('column');
  const loaded = await Promise.all([...document.fonts].map((font) => font.load()));
  const results = TESTS.map((test, index) => measure(root, test, index));
  root.replaceChildren();
  const out = document.createElement('pre');
  out.id = 'results';
  out.textContent = JSON.stringify({ fonts: loaded.length, results });
  document.body.append(out);
}

main().catch((error) => {
  document.body.textContent = `FAILED ${error.stack}`;
});
