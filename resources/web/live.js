// What moves or is counted: units, cameras, gauges, routes. Each is a function of the data last fetched.
"use strict";

const dots = (item) => ({ ...item, x: Mercator.x(item.lon), y: Mercator.y(item.lat) });
const disc = (ctx, x, y, r) => { ctx.beginPath(); ctx.arc(x, y, r, 0, 2 * Math.PI); };

// The four warning shapes: diamond, square, triangle, circle.
function shape(ctx, level, x, y, r) {
  ctx.beginPath();
  if (level === "blue") { ctx.moveTo(x, y - r); ctx.lineTo(x + r, y); ctx.lineTo(x, y + r); ctx.lineTo(x - r, y); }
  else if (level === "yellow") ctx.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
  else if (level === "orange") { ctx.moveTo(x, y - r); ctx.lineTo(x + r, y + r * 0.8); ctx.lineTo(x - r, y + r * 0.8); }
  else ctx.arc(x, y, r * 0.9, 0, 2 * Math.PI);
  ctx.closePath();
}

class Cameras {
  constructor() { this.items = []; this._groups = null; }

  set(items) { this.items = items.map(dots); this._groups = null; }

  // Where more than a dozen cameras share a patch of 110 pixels, one counted circle stands for them.
  groups(view) {
    const zoom = Math.round(view.zoom);
    if (this._groups && this._groups.zoom === zoom) return this._groups;
    const cell = 110 / (256 * 2 ** zoom), cells = new Map();
    for (const item of this.items) {
      const key = `${Math.floor(item.x / cell)} ${Math.floor(item.y / cell)}`;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(item);
    }
    const singles = [], counted = [];
    for (const members of cells.values()) {
      if (members.length <= 12 || zoom >= 16) singles.push(...members);
      else {
        const mean = (axis) => members.reduce((sum, m) => sum + m[axis], 0) / members.length;
        counted.push({ x: mean("x"), y: mean("y"), count: members.length });
      }
    }
    this._groups = { zoom, singles, counted };
    return this._groups;
  }

  // `names` are boxes of town names in pixels of this zoom: a counted circle moves from under one.
  paint(ctx, view, theme, names) {
    const { singles, counted } = this.groups(view), near = view.zoom >= 14.5;
    const r = (near ? 2.6 : 1.6) * theme.line_factor;
    for (const item of singles) {
      const x = view.x(item.x), y = view.y(item.y);
      if (x < -9 || y < -9 || x > view.width + 9 || y > view.height + 9) continue;
      const live = item.state === "live" || item.state === "idle";
      ctx.fillStyle = live ? theme.faint : theme.line;
      if (near && live) { disc(ctx, x, y, r + 3); ctx.fillStyle = theme.raised; ctx.fill(); ctx.fillStyle = theme.series; }
      disc(ctx, x, y, r);
      ctx.fill();
    }
    ctx.font = `${theme.quiet_size}px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineWidth = 1;
    for (const group of counted) {
      const x = view.x(group.x), r = theme.body + (group.count > 99 ? 4 : 1);
      let y = view.y(group.y);
      for (const [left, top, right, bottom] of names) {
        if (x + r > left - view.left && x - r < right - view.left && y + r > top - view.top && y - r < bottom - view.top) {
          y = bottom - view.top + r;
        }
      }
      group.shift = y - view.y(group.y);
      disc(ctx, x, y, r);
      ctx.fillStyle = theme.raised;
      ctx.fill();
      ctx.strokeStyle = theme.line;
      ctx.stroke();
      ctx.fillStyle = theme.quiet;
      ctx.fillText(group.count, x, y + 1);
    }
  }

  hit(x, y, view) {
    const { singles, counted } = this.groups(view);
    for (const g of counted) if (Math.hypot(view.x(g.x) - x, view.y(g.y) + (g.shift || 0) - y) < 18) return { group: g };
    return nearest(singles, x, y, view, 9);
  }
}

function nearest(items, x, y, view, reach) {
  let best = null, least = reach;
  for (const item of items) {
    const d = Math.hypot(view.x(item.x) - x, view.y(item.y) - y);
    if (d < least) [best, least] = [item, d];
  }
  return best;
}

class Gauges {
  constructor() { this.items = []; }

  set(items) { this.items = items.map(dots); }

  paint(ctx, view, theme) {
    ctx.font = `${theme.quiet_size}px ${theme.font}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    const room = new Room();
    for (const item of [...this.items].sort((a, b) => (b.level ? 1 : 0) - (a.level ? 1 : 0))) {
      const x = view.x(item.x), y = view.y(item.y), color = item.level ? theme[item.level] : theme.series;
      if (x < -90 || y < -20 || x > view.width + 9 || y > view.height + 20) continue;
      if (item.level) {
        shape(ctx, item.level, x, y, 6 * theme.line_factor);
        ctx.fillStyle = color;
        ctx.fill();
      } else {
        disc(ctx, x, y, 3 * theme.line_factor);
        ctx.fillStyle = theme.land;
        ctx.fill();
        ctx.lineWidth = 1.4;
        ctx.strokeStyle = color;
        ctx.stroke();
      }
      if (!item.level && view.zoom < 13.5) continue;
      const w = ctx.measureText(item.text).width;
      if (room.take(x + 8, y - 8, x + 14 + w, y + 8)) write(ctx, item.text, x + 9, y, item.level ? color : theme.quiet, theme.land);
    }
  }

  hit(x, y, view) { return nearest(this.items, x, y, view, 11); }
}

class Units {
  constructor() {
    this.meta = { version: -1, units: [] };
    this.from = this.to = new Float64Array(0); // Mercator pairs: where a unit was drawn, where it is going
    this.heading = new Float32Array(0);
    this.state = new Uint8Array(0);
    this.since = 0;
    this.routes = [];
    this.mine = new Map();
    this._labels = { at: -1 };
  }

  // A snapshot: version and count as uint32, then lon/lat pairs, headings, states. See widgets/map_data.py.
  static read(buffer) {
    const [version, n] = new Uint32Array(buffer, 0, 2);
    const degrees = new Float64Array(buffer, 8, 2 * n), to = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      to[2 * i] = Mercator.x(degrees[2 * i]);
      to[2 * i + 1] = Mercator.y(degrees[2 * i + 1]);
    }
    return { version, to, heading: new Float32Array(buffer, 8 + 16 * n, n), state: new Uint8Array(buffer, 8 + 20 * n, n) };
  }

  set(snapshot, meta, now) {
    const shown = this.now(now), was = new Map(this.meta.units.map((unit, i) => [unit[0], i]));
    this.from = snapshot.to.slice();
    meta.units.forEach(([id], i) => {
      const j = meta.version === this.meta.version ? i : was.get(id);
      if (j === undefined) return;
      const [x, y] = [shown[2 * j], shown[2 * j + 1]];
      if (Math.hypot(x - this.from[2 * i], y - this.from[2 * i + 1]) > LEAP) return;
      [this.from[2 * i], this.from[2 * i + 1]] = [x, y];
    });
    Object.assign(this, { to: snapshot.to, heading: snapshot.heading, state: snapshot.state, meta, since: now });
    this.setRoutes(this.routes);
    // Mercator a second of the fastest: a new frame is worth drawing only when it has gone half a pixel.
    this.speed = 0;
    for (let i = 0; i < this.to.length; i++) this.speed = Math.max(this.speed, Math.abs(this.to[i] - this.from[i]));
  }

  progress(now) { return Math.min(1, (now - this.since) / 1000); }

  now(now) {
    const t = this.progress(now), at = new Float64Array(this.to.length);
    for (let i = 0; i < at.length; i++) at[i] = this.from[i] + (this.to[i] - this.from[i]) * t;
    return at;
  }

  // Milliseconds until the next frame is worth drawing; null when all stand still.
  nextFrame(now, view) {
    if (this.progress(now) >= 1 || this.speed === 0) return null;
    return Math.max(16, Math.min(500, 500 / (this.speed * view.scale)));
  }

  // The routes, and which unit drives each.
  setRoutes(routes) {
    const index = new Map(this.meta.units.map((unit, i) => [unit[0], i]));
    this.routes = routes;
    this.mine = new Map(routes.filter((r) => index.has(r.unit_id)).map((r) => [index.get(r.unit_id), r]));
    this._labels.at = -1;
  }

  paint(ctx, view, theme, now, { taken, ways }) {
    const at = this.now(now), size = theme.body * 0.62, seen = [];
    for (let i = 0; i < this.state.length; i++) {
      const x = view.x(at[2 * i]), y = view.y(at[2 * i + 1]);
      if (this.state[i] === OFF || this.mine.has(i)) continue;
      if (x > -20 && y > -20 && x < view.width + 20 && y < view.height + 20) seen.push([i, x, y]);
    }
    if (seen.length > CROWD) this.crowd(ctx, theme, seen);
    else {
      const small = size * (view.zoom < 13 ? 0.62 : 0.8);
      for (const [i, x, y] of seen) glyph(ctx, theme, x, y, this.heading[i], STATES[this.state[i]], small, false);
    }
    const chosen = view.zoom >= 15 && seen.length <= CROWD ? seen : [];
    for (const [i, route] of this.mine) { // the ones sent, on top
      if (this.state[i] === OFF) continue;
      const x = view.x(at[2 * i]), y = view.y(at[2 * i + 1]);
      if (ways) this.route(ctx, view, theme, route, x, y);
      glyph(ctx, theme, x, y, this.heading[i], STATES[this.state[i]], size, true);
      chosen.push([i, x, y]);
    }
    this.labels(ctx, view, theme, chosen, taken);
  }

  // Thousands at once are specks: which way each looks cannot be seen, and arrows would take too long.
  crowd(ctx, theme, seen) {
    const r = 1.6 * theme.line_factor;
    STATES.forEach((state, number) => {
      ctx.fillStyle = STATE_COLOR(theme, state);
      for (const [i, x, y] of seen) if (this.state[i] === number) ctx.fillRect(x - r, y - r, 2 * r, 2 * r);
    });
  }

  // The way still to go: from where the unit is now, along the rest of its route.
  route(ctx, view, theme, route, x, y) {
    const points = route.points.map(([lon, lat]) => [view.x(Mercator.x(lon)), view.y(Mercator.y(lat))]);
    let least = Infinity, rest = 0;
    for (let i = 0; i < points.length - 1; i++) {
      const [ax, ay] = points[i], dx = points[i + 1][0] - ax, dy = points[i + 1][1] - ay;
      const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      const d = Math.hypot(ax + t * dx - x, ay + t * dy - y);
      if (d < least) [least, rest] = [d, i + 1];
    }
    ctx.beginPath();
    ctx.moveTo(x, y);
    for (const [px, py] of points.slice(rest)) ctx.lineTo(px, py);
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.strokeStyle = theme.accent;
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = 1.6 * theme.line_factor;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  // Which labels show is settled with each snapshot and zoom, so that they do not flicker between.
  labels(ctx, view, theme, chosen, taken) {
    ctx.font = `${theme.body}px ${theme.font}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    const { at, zoom, count } = this._labels;
    if (at !== this.since || zoom !== view.zoom || count !== chosen.length) {
      const room = new Room(taken), shown = new Set();
      for (const [i, x, y] of [...chosen].sort((a, b) => this.mine.has(b[0]) - this.mine.has(a[0]))) {
        const w = ctx.measureText(this.text(i)).width, h = theme.body * 0.6;
        if (room.take(x + 4, y - h, x + 16 + w, y + h) || (this.mine.has(i) && view.zoom >= 13)) shown.add(i);
      }
      this._labels = { at: this.since, zoom: view.zoom, count: chosen.length, shown };
    }
    for (const [i, x, y] of chosen) {
      if (!this._labels.shown.has(i)) continue;
      const dim = STATES[this.state[i]] === "stale" || !this.mine.has(i);
      write(ctx, this.text(i), x + theme.body, y, dim ? theme.quiet : theme.text, theme.land);
    }
  }

  text(i) {
    const [, name, , note] = this.meta.units[i];
    return note ? `${name} · ${note}` : name;
  }

  hit(x, y, view, now) {
    const at = this.now(now);
    let best = null, least = 13;
    for (let i = 0; i < this.state.length; i++) {
      const d = Math.hypot(view.x(at[2 * i]) - x, view.y(at[2 * i + 1]) - y);
      if (d < least && STATES[this.state[i]] !== "off") [best, least] = [{ id: this.meta.units[i][0], i }, d];
    }
    return best;
  }
}

const LEAP = 3e-5; // about a kilometre: nobody drives that in a second, so it is a new fix and not a way
const STATES = ["free", "moving", "busy", "stale", "off"]; // as widgets/map_data.py counts them
const OFF = STATES.indexOf("off");
const CROWD = 1500;
const STATE_COLOR = (theme, state) => ({ free: theme.series, moving: theme.strong, busy: theme.done }[state] ?? theme.faint);

// A unit is an arrow along its heading, or a round dot when that is not known.
function glyph(ctx, theme, x, y, heading, state, r, strong) {
  const color = STATE_COLOR(theme, state);
  ctx.save();
  ctx.translate(x, y);
  ctx.beginPath();
  if (Number.isNaN(heading)) ctx.arc(0, 0, r * 0.6, 0, 2 * Math.PI);
  else {
    ctx.rotate((heading * Math.PI) / 180);
    ctx.moveTo(0, -r * 1.15);
    ctx.lineTo(r * 0.8, r * 0.9);
    ctx.lineTo(0, r * 0.35);
    ctx.lineTo(-r * 0.8, r * 0.9);
    ctx.closePath();
  }
  ctx.lineJoin = "round";
  ctx.lineWidth = strong ? 3 : 2;
  ctx.strokeStyle = theme.land;
  ctx.stroke();
  if (state === "stale") { // hollow: where it was, not where it is
    ctx.lineWidth = 1.3;
    ctx.strokeStyle = color;
    ctx.fillStyle = theme.land;
    ctx.fill();
    ctx.stroke();
  } else {
    ctx.fillStyle = color;
    ctx.fill();
  }
  ctx.restore();
}
