// One canvas over the whole view, painted by a function. Everything but the incident markers is drawn so:
// thousands of DOM nodes pan at 5 frames a second, one canvas at 50.
"use strict";

// Web Mercator as 0..1 across the world, so that a zoom is one multiplication.
const Mercator = {
  x: (lon) => lon / 360 + 0.5,
  y: (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI),
};

const CanvasLayer = L.Layer.extend({
  initialize(pane, paint) {
    this.options.pane = pane;
    this._paint = paint;
  },

  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated", this.getPane());
    // The ground hides all behind it; saying so spares Chromium a blending of the whole screen.
    this._ctx = this._canvas.getContext("2d", { alpha: this.options.pane !== "ground" });
    this.paint();
    return this;
  },

  onRemove() {
    cancelAnimationFrame(this._frame);
    this._canvas.remove();
  },

  getEvents() {
    return { move: this.paint, zoomend: this.paint, resize: this.paint, viewreset: this.paint, zoomanim: this._stretch };
  },

  // Ask for a painting with the next frame; many asks make one painting.
  redraw() {
    if (!this._frame && this._map) {
      this._frame = requestAnimationFrame(() => { this._frame = 0; this.paint(); });
    }
  },

  paint() {
    const map = this._map;
    if (!map) return;
    const size = map.getSize(), ratio = window.devicePixelRatio || 1, canvas = this._canvas;
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    const width = Math.round(size.x * ratio), height = Math.round(size.y * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    const ctx = this._ctx, zoom = map.getZoom(), scale = 256 * 2 ** zoom;
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, size.x, size.y);
    this._paint(ctx, {
      zoom, scale, width: size.x, height: size.y, left: origin.x, top: origin.y,
      x: (m) => m * scale - origin.x,
      y: (m) => m * scale - origin.y,
    });
  },

  // While Leaflet animates a zoom the old picture is stretched to where the new one will be.
  _stretch(event) {
    const map = this._map, factor = map.getZoomScale(event.zoom, map.getZoom());
    const corner = map._latLngToNewLayerPoint(map.containerPointToLatLng([0, 0]), event.zoom, event.center);
    L.DomUtil.setTransform(this._canvas, corner, factor);
  },
});

// Places text without overlap: first come, first served.
class Room {
  constructor(taken = []) { this.taken = [...taken]; }

  take(left, top, right, bottom) {
    for (const t of this.taken) {
      if (left < t[2] && right > t[0] && top < t[3] && bottom > t[1]) return false;
    }
    this.taken.push([left, top, right, bottom]);
    return true;
  }
}

// Text with a rim of the ground's colour, legible over roads and water.
function write(ctx, text, x, y, color, rim) {
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = rim;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}
