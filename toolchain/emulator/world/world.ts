/**
 * The world an emulated camera stands in: a drawn savanna with its own day, light, wind and passers-by. What is really
 * there is kept for people to read and never reaches the camera other than as pixels, a PIR pulse and a battery voltage.
 */
import type { FrameSource, SensorFrame } from "../native/frame-source.ts";
import { ANIMALS } from "./animals.ts";
import { type Canvas, createCanvas, scaleAt, WIDTH } from "./canvas.ts";
import { drawFigure, type Figure, figureBox, type Placing } from "./figure.ts";
import { createForeground, drawForeground, type Foreground } from "./foreground.ts";
import { drawLit, lightAt } from "./light.ts";
import { car, dressOf, guineafowl, person } from "./people.ts";
import { quadruped } from "./quadruped.ts";
import { createNoise, createRandom, type Noise } from "./random.ts";
import {
  edgeM,
  GUINEAFOWL,
  lengthOf,
  planDay,
  progress,
  spacingM,
  type TruthKind,
  type Visit,
  type WorldEvent,
} from "./schedule.ts";
import { createSensor } from "./sensor.ts";
import { drawTerrain } from "./terrain.ts";

export { PIR_HOLD_MS, type TruthKind, type WorldEvent } from "./schedule.ts";

export interface WorldOptions {
  seed: number;
  /** Degrees. */
  latitude: number;
  longitude: number;
  /** UTC, milliseconds since 1970. */
  startMs: number;
  hours: number;
}

/** Someone in the picture. */
export interface Truth {
  kind: TruthKind;
  name: string;
  /** Left, top, width, height in pixels of a 320x240 picture. */
  box: [number, number, number, number];
}

export interface World {
  /** Triggers of the motion sensor (PIR) within the span, in order. */
  events: WorldEvent[];
  frameSource: FrameSource;
  /** What an analog pin reads, 0..1 of 3.3 V: the battery behind a divider by two, on every pin. */
  analog(pin: string, nowMs: number): number;
  /** Battery voltage, millivolts. */
  batteryMv(nowMs: number): number;
  /** Who is in the picture at a moment, in 320x240 pixels. */
  truthAt(nowMs: number): Truth[];
}

const WIND_EVENT_MS = 25_000;

export function createWorld(options: WorldOptions): World {
  const { seed, startMs, longitude } = options;
  const endMs = startMs + options.hours * 3_600_000;
  const plan = planDay({ seed, longitude, startMs, endMs });
  const scene = createScene(options, plan.visits, plan.events);
  const battery = createBattery(seed, longitude);
  return {
    events: plan.events,
    frameSource: {
      next: async (nowMs, limit) => scene.draw(nowMs, limit),
    },
    analog: (_pin, nowMs) => battery(nowMs) / 2 / 3300,
    batteryMv: battery,
    truthAt: scene.truthAt,
  };
}

interface Scene {
  draw(nowMs: number, limit: { width: number; height: number }): SensorFrame;
  truthAt(nowMs: number): Truth[];
}

function createScene(place: WorldOptions, visits: Visit[], events: WorldEvent[]): Scene {
  const weather = createNoise(place.seed + 77);
  const gusts = events.filter((event) => event.name === "wind").map((event) => event.atMs);
  const canvas = createCanvas();
  let terrain: Canvas | undefined;
  let foreground: Foreground | undefined;
  const sensor = createSensor(place.seed);

  return {
    draw(nowMs, limit) {
      // Drawn on first use: a world that is only asked for its events costs nothing.
      terrain ??= drawTerrain(place.seed);
      foreground ??= createForeground(place.seed + 5);
      const light = lightAt(nowMs, place, weather);
      drawLit(terrain, canvas, light, weather, nowMs);
      for (const { figure, placing } of membersAt(visits, nowMs))
        drawFigure(canvas, figure, placing, light);
      drawForeground(canvas, foreground, light, windAt(nowMs, weather, gusts), nowMs);
      return sensor(canvas, light, nowMs, limit);
    },
    truthAt: (nowMs) =>
      membersAt(visits, nowMs)
        .map(({ visit, figure, placing }) => ({
          kind: visit.kind,
          name: visit.name,
          box: figureBox(figure, placing),
        }))
        .filter(({ box }) => box[2] > 0),
  };
}

interface Member {
  visit: Visit;
  figure: Figure;
  placing: Placing;
}

/** Everybody who may be in the picture, farthest first. */
function membersAt(visits: Visit[], nowMs: number): Member[] {
  return visits
    .filter((visit) => nowMs >= visit.startMs && nowMs <= visit.endMs)
    .flatMap((visit) => Array.from({ length: visit.count }, (_, i) => memberOf(visit, i, nowMs)))
    .sort((a, b) => b.placing.distanceM - a.placing.distanceM);
}

function memberOf(visit: Visit, index: number, nowMs: number): Member {
  const { walkedM, isStanding } = progress(visit, nowMs);
  const random = createRandom(visit.look + index);
  const distanceM = visit.distanceM * (1 + (index ? 0.12 * (random() - 0.3) * index : 0));
  const behindM = index * spacingM(visit.name) * (0.8 + 0.4 * random());
  const offM = walkedM - edgeM(visit, lengthOf(visit.name)) - behindM;
  return {
    visit,
    figure: figureOf(visit, index, walkedM + index * 0.37, isStanding),
    placing: {
      x: WIDTH / 2 + visit.facing * offM * scaleAt(distanceM),
      distanceM,
      facing: visit.facing,
    },
  };
}

function figureOf(visit: Visit, index: number, step: number, isStanding: boolean): Figure {
  if (visit.kind === "human") return person(dressOf(visit.look + index), step);
  if (visit.kind === "vehicle") return car(visit.look, step);
  if (visit.name === GUINEAFOWL) return guineafowl(step);
  const kind = Object.values(ANIMALS).find(({ name }) => name === visit.name);
  if (!kind) throw new Error(`no figure for ${visit.name}`);
  const grazes = isStanding && !["lion", "leopard", "spotted hyena"].includes(visit.name);
  return quadruped(kind, step, grazes ? 0.85 : 0);
}

/** 0 calm .. 1: weather over the day, a breath every few seconds, and the gusts that set the sensor off. */
function windAt(nowMs: number, weather: Noise, gusts: number[]): number {
  const seconds = nowMs / 1000;
  const base = 0.25 * weather(seconds / 5400, 3) + 0.15 * weather(seconds / 4, 9);
  const gust = gusts.some((atMs) => Math.abs(nowMs - atMs) < WIND_EVENT_MS) ? 0.75 : 0;
  return Math.min(1, base + gust);
}

/**
 * A small solar panel and one lithium cell: 3.9 V on average, highest at 16 h and lowest at 4 h solar time, 0.16 V either
 * way, with up to 40 mV of weather.
 */
function createBattery(seed: number, longitude: number): (nowMs: number) => number {
  const weather = createNoise(seed + 301);
  return (nowMs) => {
    const hours = nowMs / 3_600_000;
    const solarHour = hours + longitude / 15;
    const swing = 160 * Math.cos(((solarHour - 16) / 24) * 2 * Math.PI);
    return Math.round(3900 + swing + 80 * (weather(hours * 0.2, 5) - 0.5));
  };
}
