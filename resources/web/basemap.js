// The ground: land, water, roads, town borders and names, from GeoJSON of any basemap folder.
"use strict";

const CELL = 2 ** -14; // about 2.4 km: roads are kept in cells so that only those in view are stroked

// Width in pixels at zoom 12 and growth a zoom step, and the zoom from which a class is drawn.
const ROADS = {
  lane: { width: 0.4, grow: 1.45, from: 14, role: "road" },
  street: { width: 0.55, grow: 1.5, from: 12, role: "road" },
  minor: { width: 0.8, grow: 1.42, from: 10.5, role: "road" },
  major: { width: 1.35, grow: 1.4, from: 8, role: "road_major" },
  motorway: { width: 2, grow: 1.38, from: 0, role: "road_major" },
};

function lines(geometry) {
  const c = geometry.coordinates;
  return { Polygon: () => c, MultiPolygon: () => c.flat(), LineString: () => [c], MultiLineString: () => c }[geometry.type]();
}

// A path in Mercator units relative to `at`, times 2^20: floats stay exact and one transform draws any zoom.
const UNIT = 2 ** 20;

class Ground {
  constructor(at) {
    this.at = [Mercator.x(at[0]), Mercator.y(at[1])];
    this.land = new Path2D();
    this.water = new Path2D();
    this.border = new Path2D();
    this.roads = Object.fromEntries(Object.keys(ROADS).map((kind) => [kind, new Map()]));
    this.names = [];
    this._placed = null;
  }

  trace(path, points) {
    points.forEach(([lon, lat], i) => {
      const x = (Mercator.x(lon) - this.at[0]) * UNIT, y = (Mercator.y(lat) - this.at[1]) * UNIT;
      i ? path.lineTo(x, y) : path.moveTo(x, y);
    });
  }

  name(p, lon, lat, extra) {
    if (p.name_zh) this.names.push({ zh: p.name_zh, en: p.name_en, x: Mercator.x(lon), y: Mercator.y(lat), angle: 0, ...extra });
  }

  addTowns(features) {
    for (const { geometry, properties: p } of features) {
      const path = p.kind === "border" ? this.border : p.kind === "city" ? this.land : null;
      if (path) for (const line of lines(geometry)) this.trace(path, line);
      if (p.kind === "town") this.name(p, p.lon, p.lat, { kind: "town", from: 9.5, rank: 0 });
    }
  }

  addWater(features) {
    for (const { geometry, properties: p } of features) {
      for (const line of lines(geometry)) this.trace(this.water, line);
      for (const [lon, lat, angle] of p.labels || []) {
        this.name(p, lon, lat, { kind: "water", from: 12, rank: 1, angle });
      }
    }
  }

  addRoads(features) {
    for (const { geometry, properties: p } of features) {
      const cells = this.roads[p.class];
      for (const line of lines(geometry)) {
        // Cut long lines so that each part belongs to the cell it lies in.
        for (let i = 0; i < line.length - 1; i += 12) {
          const part = line.slice(i, i + 13), [lon, lat] = part[0];
          const key = `${Math.floor(Mercator.x(lon) / CELL)} ${Math.floor(Mercator.y(lat) / CELL)}`;
          if (!cells.has(key)) cells.set(key, { path: new Path2D(), west: 1, east: 0, north: 1, south: 0 });
          const cell = cells.get(key);
          this.trace(cell.path, part);
          for (const [a, b] of part) {
            cell.west = Math.min(cell.west, Mercator.x(a));
            cell.east = Math.max(cell.east, Mercator.x(a));
            cell.north = Math.min(cell.north, Mercator.y(b));
            cell.south = Math.max(cell.south, Mercator.y(b));
          }
        }
      }
      for (const [lon, lat, angle] of p.labels || []) {
        this.name(p, lon, lat, { kind: "road", from: p.class === "motorway" ? 12.5 : 13.5, rank: 4, angle });
      }
    }
  }

  addPoints(features) {
    for (const { geometry, properties: p } of features) {
      const place = p.kind === "place";
      this.name(p, ...geometry.coordinates, { kind: p.kind, from: place ? 14 : 12.9, rank: place ? 2 : 3 });
    }
  }

  paint(ctx, view, theme) {
    ctx.fillStyle = theme.window;
    ctx.fillRect(0, 0, view.width, view.height);
    const k = view.scale / UNIT;
    ctx.save();
    ctx.translate(view.x(this.at[0]), view.y(this.at[1]));
    ctx.scale(k, k);
    ctx.fillStyle = theme.land;
    ctx.fill(this.land);
    ctx.fillStyle = theme.water;
    ctx.fill(this.water);
    ctx.lineCap = ctx.lineJoin = "round";
    const west = view.left / view.scale, north = view.top / view.scale;
    const east = west + view.width / view.scale, south = north + view.height / view.scale;
    for (const [kind, look] of Object.entries(ROADS)) {
      if (view.zoom < look.from) continue;
      const width = Math.max(0.5, look.width * look.grow ** (view.zoom - 12)) * theme.line_factor;
      const seen = [...this.roads[kind].values()].filter(
        (c) => c.east > west && c.west < east && c.south > north && c.north < south);
      if (width > 5) { // close up, a road is a band between two edges
        ctx.strokeStyle = theme.window;
        ctx.lineWidth = (width + 2.5) / k;
        for (const cell of seen) ctx.stroke(cell.path);
      }
      ctx.strokeStyle = theme[look.role];
      ctx.lineWidth = width / k;
      for (const cell of seen) ctx.stroke(cell.path);
    }
    ctx.restore();
  }

  paintBorders(ctx, view, theme) {
    const k = view.scale / UNIT;
    ctx.save();
    ctx.translate(view.x(this.at[0]), view.y(this.at[1]));
    ctx.scale(k, k);
    ctx.strokeStyle = theme.boundary;
    ctx.lineWidth = theme.line_factor / k;
    ctx.setLineDash([7 / k, 5 / k]);
    ctx.stroke(this.border);
    ctx.restore();
  }

  font(kind, theme) {
    const size = { town: theme.body + 4, water: theme.body, road: theme.quiet_size - 1 }[kind] ?? theme.quiet_size;
    return `${size}px ${theme.font}`;
  }

  // Which names fit is settled once for a zoom, so that nothing jumps while the map is dragged.
  place(ctx, view, theme, lang) {
    const key = `${view.zoom} ${lang} ${theme.body}`;
    if (this._placed && this._placed.key === key) return this._placed.names;
    const room = new Room(), names = [], towns = [];
    for (const name of [...this.names].sort((a, b) => a.rank - b.rank)) {
      if (view.zoom < name.from || (name.kind === "town" && view.zoom > 15.5)) continue;
      ctx.font = this.font(name.kind, theme);
      ctx.letterSpacing = name.kind === "town" || name.kind === "water" ? "3px" : "0px";
      const w = ctx.measureText(name[lang]).width, x = name.x * view.scale, y = name.y * view.scale + this.below(name, theme);
      const h = theme.body * 0.75 + Math.abs(Math.sin(name.angle)) * w / 2, half = (w / 2) * Math.abs(Math.cos(name.angle)) + 5;
      const box = [x - half, y - h, x + half, y + h];
      if (!room.take(...box)) continue;
      names.push(name);
      if (name.kind === "town") towns.push(box);
    }
    this._placed = { key, names, towns };
    return names;
  }

  // A place is a dot with its name under it; all else is its name.
  below(name, theme) { return name.kind === "place" ? theme.body * 0.95 : 0; }

  paintNames(ctx, view, theme, lang) {
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const name of this.place(ctx, view, theme, lang)) {
      const x = view.x(name.x), y = view.y(name.y);
      if (x < -150 || y < -60 || x > view.width + 150 || y > view.height + 60) continue;
      ctx.save();
      ctx.translate(x, y);
      if (name.kind === "place") {
        ctx.beginPath();
        ctx.arc(0, 0, 2 * theme.line_factor, 0, 2 * Math.PI);
        ctx.fillStyle = theme.quiet;
        ctx.fill();
        ctx.translate(0, this.below(name, theme));
      }
      ctx.rotate(name.angle);
      ctx.font = this.font(name.kind, theme);
      ctx.letterSpacing = name.kind === "town" || name.kind === "water" ? "3px" : "0px";
      ctx.globalAlpha = { town: 0.95, village: 0.75, place: 1, road: 0.7, water: 0.8 }[name.kind];
      write(ctx, name[lang], 0, 0, name.kind === "place" ? theme.quiet : theme.faint, name.kind === "water" ? theme.water : theme.land);
      ctx.restore();
    }
  }
}
