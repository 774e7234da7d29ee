// The page's one script that talks: it fetches what Python says has changed, and says what was clicked.
// Nothing is kept here that Python could not say again, so a page that died is simply loaded anew.
"use strict";

const json = (name) => fetch(`state/${name}.json`).then((reply) => reply.json());
const features = (name) => fetch(`basemap/${name}.geojson`).then((reply) => (reply.ok ? reply.json() : { features: [] })).then((data) => data.features);

// A sign is shape and colour: the same four shapes as everywhere on the desk.
const SIGNS = {
  blue: '<path d="M12 1.5 22.5 12 12 22.5 1.5 12z"/>',
  yellow: '<path d="M3 3h18v18H3z"/>',
  orange: '<path d="M12 1.5 23 21.5H1z"/>',
  red: '<circle cx="12" cy="12" r="10"/>',
};
// What two said differently and nobody has decided: a disc half full, at the sign's shoulder.
const SPLIT = '<g class="split"><circle cx="0" cy="1" r="6.5"/><path d="M0 -5.5a6.5 6.5 0 0 0 0 13z"/></g>';

class Page {
  constructor(map, bridge, config) {
    Object.assign(this, { map, bridge, config, lang: config.lang, shown: new Set(), incidents: [], markers: [], titles: [] });
    this.ground = new Ground(config.centre);
    this.cameras = new Cameras();
    this.gauges = new Gauges();
    this.units = new Units();
    this.ring = null;
    const layer = (name, z, paint) => {
      map.createPane(name).style.zIndex = z;
      return new CanvasLayer(name, paint).addTo(map);
    };
    this.setTheme(config.theme);
    // Two canvases and not five: without a GPU it is laying full screens over one another that costs.
    this.layers = {
      ground: layer("ground", 200, (ctx, view) => {
        this.ground.paint(ctx, view, this.theme);
        if (this.shown.has("boundaries")) this.ground.paintBorders(ctx, view, this.theme);
        if (this.shown.has("names")) this.ground.paintNames(ctx, view, this.theme, this.lang);
      }),
      live: layer("live", 450, (ctx, view) => {
        if (this.ring) this.paintRing(ctx, view);
        if (this.shown.has("incidents")) this.paintSplits(ctx, view);
        const names = this.shown.has("names") ? this.ground._placed?.towns ?? [] : [];
        if (this.shown.has("cameras")) this.cameras.paint(ctx, view, this.theme, names);
        if (this.shown.has("gauges")) this.gauges.paint(ctx, view, this.theme);
        this.paintUnits(ctx, view);
      }),
    };
    map.on("click", (event) => this.clicked(event));
    map.on("contextmenu", (event) => this.say("context", event.latlng.lng, event.latlng.lat));
    map.on("mousemove", (event) => this.hovered(event.containerPoint));
    map.on("moveend", () => {
      const at = map.getCenter();
      this.say("moved", at.lng, at.lat, map.getZoom());
      this.thin();
    });
  }

  say(what, ...args) { this.bridge.say(what, JSON.stringify(args)); }

  async loadGround() {
    const [towns, water, roads, villages] = await Promise.all(["towns", "water", "roads", "villages"].map(features));
    const places = this.config.places.map(([lon, lat, name_zh, name_en]) => (
      { geometry: { coordinates: [lon, lat] }, properties: { kind: "place", name_zh, name_en } }));
    this.ground.addTowns(towns);
    this.ground.addWater(water);
    this.ground.addRoads(roads);
    this.ground.addPoints([...places, ...villages]);
    this.layers.ground.paint();
  }

  // What Python says has changed, by name.
  async changed(names) {
    for (const name of names) await this[name](name);
  }

  setTheme(theme) {
    this.theme = theme;
    for (const [role, value] of Object.entries(theme)) {
      document.documentElement.style.setProperty(`--${role}`, typeof value === "number" ? `${value}px` : value);
    }
    this.repaint();
  }

  repaint() { for (const layer of Object.values(this.layers || {})) layer.redraw(); }

  async words(name) {
    const { theme, lang, note, badge } = await json(name);
    this.lang = lang;
    document.getElementById("note").textContent = note;
    document.getElementById("badge").textContent = badge;
    this.setTheme(theme);
  }

  async shown_layers(name) {
    this.shown = new Set(await json(name));
    this.drawIncidents();
    this.repaint();
  }

  async camera_points(name) { this.cameras.set(await json(name)); this.layers.live.redraw(); }
  async gauge_points(name) { this.gauges.set(await json(name)); this.layers.live.redraw(); }
  async ring_line(name) { this.ring = await json(name); this.layers.live.redraw(); }
  async routes(name) { this.units.setRoutes(await json(name)); this.layers.live.redraw(); }

  async unit_positions() {
    const reply = await fetch("state/unit_positions.bin");
    const snapshot = Units.read(await reply.arrayBuffer());
    const known = this.units.meta;
    const meta = snapshot.version === known.version ? known : await json("unit_names");
    if (meta.version !== snapshot.version) return; // a newer one is on its way
    this.units.set(snapshot, meta, performance.now());
    this.layers.live.redraw();
  }

  paintUnits(ctx, view) {
    clearTimeout(this._next);
    if (!this.shown.has("units")) return;
    const now = performance.now();
    this.units.paint(ctx, view, this.theme, now, { taken: this.titles, ways: this.shown.has("routes") });
    const wait = this.units.nextFrame(now, view);
    if (wait !== null) this._next = setTimeout(() => this.layers.live.redraw(), wait);
  }

  paintRing(ctx, view) {
    const { lon, lat, radius_m, label } = this.ring, theme = this.theme;
    const x = view.x(Mercator.x(lon)), y = view.y(Mercator.y(lat));
    const r = (radius_m / (40075016.7 * Math.cos((lat * Math.PI) / 180))) * view.scale;
    disc(ctx, x, y, r);
    ctx.fillStyle = theme.accent;
    ctx.globalAlpha = 0.04;
    ctx.fill();
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = theme.line_factor;
    ctx.strokeStyle = theme.accent;
    ctx.setLineDash([3, 5]);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    ctx.font = `${theme.quiet_size}px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    write(ctx, label, x + r * 0.707 + 14, y - r * 0.707 - 6, theme.quiet, theme.land);
  }

  // From an incident to the other place that was said for it.
  paintSplits(ctx, view) {
    ctx.strokeStyle = this.theme.yellow;
    ctx.lineWidth = 1.4 * this.theme.line_factor;
    ctx.setLineDash([6, 5]);
    for (const { lon, lat, other } of this.incidents.filter((item) => item.other)) {
      ctx.beginPath();
      ctx.moveTo(view.x(Mercator.x(lon)), view.y(Mercator.y(lat)));
      ctx.lineTo(view.x(Mercator.x(other[0])), view.y(Mercator.y(other[1])));
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }

  async incident_marks(name) { this.incidents = await json(name); this.drawIncidents(); this.layers.live.redraw(); }

  drawIncidents() {
    for (const marker of this.markers) marker.remove();
    this.markers = [];
    if (!this.shown.has("incidents")) return;
    for (const item of this.incidents) {
      const bang = item.selected ? '<path class="bang" d="M12 9v5.5M12 17.4v.2"/>' : "";
      const state = `${item.done ? "done" : item.level} ${item.selected ? "selected" : ""}`;
      const above = item.selected ? 1000 : { red: 400, orange: 300, yellow: 200, blue: 100 }[item.level];
      this.markers.push(this.mark(item, [item.lat, item.lon], state, above, bang + (item.undecided ? SPLIT : "")));
    }
    // Behind the signs, and after them in the list: `thin` goes by their order.
    for (const item of this.incidents.filter((each) => each.other)) {
      this.markers.push(this.mark(item, [item.other[1], item.other[0]], `${item.level} hollow`, 0, ""));
    }
    this.thin();
  }

  // An incident's sign with its title; the hollow one stands where it may be instead.
  mark(item, at, state, zIndexOffset, more) {
    const icon = document.createElement("div");
    icon.className = `incident ${state}`;
    icon.innerHTML = `<svg viewBox="0 0 24 24">${SIGNS[item.level]}${more}</svg><span></span>`;
    icon.lastChild.textContent = state.endsWith("hollow") ? `${item.code} ?` : item.title;
    icon.title = [item.code, item.title, item.undecided].filter(Boolean).join(" ");
    if (item.undecided) {
      const word = icon.lastChild.appendChild(document.createElement("b"));
      word.textContent = item.undecided;
    }
    icon.dataset.id = item.id;
    const marker = L.marker(at, {
      icon: L.divIcon({ html: icon, className: "mark", iconSize: [0, 0] }),
      zIndexOffset,
      keyboard: false,
    });
    marker.on("click", () => this.say("incident", item.id));
    return marker.addTo(this.map);
  }

  // Titles that would cover one another give way, the graver first; the mark itself always stays.
  thin() {
    const room = new Room(), rank = { red: 0, orange: 1, yellow: 2, blue: 3 };
    const order = this.incidents.map((item, i) => [item.selected ? -1 : rank[item.level] + (item.done ? 4 : 0), i]);
    for (const [, i] of order.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      const label = this.markers[i] && this.markers[i].getElement().querySelector("span");
      if (!label) continue;
      label.hidden = false;
      const box = label.getBoundingClientRect();
      label.hidden = !room.take(box.left - 24, box.top, box.right, box.bottom);
    }
    this.titles = room.taken; // where no unit's label goes
  }

  view() {
    const map = this.map, zoom = map.getZoom(), scale = 256 * 2 ** zoom;
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    return { zoom, scale, x: (m) => m * scale - origin.x, y: (m) => m * scale - origin.y };
  }

  under({ x, y }) {
    const view = this.view();
    for (const [kind, name] of [["unit", "units"], ["gauge", "gauges"], ["camera", "cameras"]]) {
      const found = this.shown.has(name) && this[name].hit(x, y, view, performance.now());
      if (found) return { kind, ...found };
    }
    return null;
  }

  clicked(event) {
    const found = this.under(event.containerPoint);
    if (!found) this.say("map", event.latlng.lng, event.latlng.lat);
    else if (found.group) {
      const { x, y } = found.group;
      const lat = (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;
      this.map.flyTo([lat, (x - 0.5) * 360], this.map.getZoom() + 1.5, { duration: 0.5 });
    } else this.say(found.kind, found.id);
  }

  hovered(point) {
    const found = this.under(point), tip = document.getElementById("tip");
    this.map.getContainer().classList.toggle("pointing", Boolean(found));
    const name = found && (found.kind === "unit" ? this.units.text(found.i) : found.name && [found.name, found.text].filter(Boolean).join(" · "));
    tip.hidden = !name;
    if (!name) return;
    tip.textContent = name;
    tip.style.transform = `translate(${point.x + 14}px, ${point.y + 14}px)`;
  }

  go({ lon, lat, zoom, points }) {
    const soft = { duration: 0.6, padding: [70, 70], maxZoom: 15 };
    if (points) this.map.flyToBounds(points.map(([x, y]) => [y, x]), soft);
    else this.map.flyTo([lat, lon], zoom ?? this.map.getZoom(), soft);
  }
}

// index.html names the map `map_main`; it exists once the page has loaded.
window.addEventListener("load", () => {
  new QWebChannel(qt.webChannelTransport, async ({ objects: { bridge } }) => {
    const map = window.map_main, config = await json("config");
    for (const id of ["note", "badge", "tip"]) Object.assign(L.DomUtil.create("div", "", map.getContainer()), { id, hidden: id === "tip" });
    map.setView([config.view[1], config.view[0]], config.view[2]);
    const [west, south, east, north] = config.bounds;
    map.setMaxBounds(L.latLngBounds([south, west], [north, east]).pad(0.25));
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 90 }).addTo(map);
    const page = (window.page = new Page(map, bridge, config));
    let queue = page.loadGround();
    // In the order they were told, and one that fails must not hold up the rest.
    bridge.changed.connect((names) => { queue = queue.then(() => page.changed(names.split(" "))).catch(console.error); });
    bridge.go.connect((text) => page.go(JSON.parse(text)));
    await queue;
    page.say("loaded");
    // Two frames: the first paints, the second is asked for only once the first was shown.
    requestAnimationFrame(() => requestAnimationFrame(() => page.say("painted")));
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  });
});
