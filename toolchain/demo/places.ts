/** Where the demo's cameras stand. */

export interface Place {
  name: string;
  site: string;
  latitude: number;
  longitude: number;
}

/** Made-up cameras around a real reserve's centre; further ones repeat with a number. */
const PLACES: Place[] = [
  { name: "waterhole", site: "Lowveld", latitude: -24.9901, longitude: 31.5547 },
  { name: "ridge", site: "Lowveld", latitude: -24.9712, longitude: 31.5893 },
  { name: "north gate", site: "Boundary", latitude: -24.9385, longitude: 31.5601 },
];

export function placeOf(index: number): Place {
  const place = PLACES[index % PLACES.length] as Place;
  const round = Math.floor(index / PLACES.length);
  return round === 0 ? place : { ...place, name: `${place.name} ${round + 1}` };
}
