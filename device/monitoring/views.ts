/**
 * Where to look in a picture of which nothing is known but its size: the whole, and six overlapping tiles of 55 % of
 * each side, three across and two down (model/model-card.md, "seven views").
 */
import type { Box } from "../ports.ts";

const TILE_PCT = 55;

/** The six tiles; the whole frame is the seventh view and has no box. */
export function tilesOf(width: number, height: number): Box[] {
  const tileWidth = Math.round((width * TILE_PCT) / 100);
  const tileHeight = Math.round((height * TILE_PCT) / 100);
  const tiles: Box[] = [];
  [0, height - tileHeight].forEach(function (top) {
    [0, Math.round((width - tileWidth) / 2), width - tileWidth].forEach(function (left) {
      tiles.push([left, top, tileWidth, tileHeight]);
    });
  });
  return tiles;
}
