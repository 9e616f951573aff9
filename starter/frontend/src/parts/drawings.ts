/** A line drawing in 24 by 24 for each kind of thing that the shop sells, found by the last words of a product's name. */

const BOX = "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8";

const DRAWINGS: Record<string, string> = {
  kettle: "M7 9h8l2 10H5zM8 9a3 3 0 0 1 6 0M11 6V4M16.5 12c2 0 3-1 4-3M5.5 16c-2-1-2.5-4-.5-6",
  skillet: "M3 12h12a6 4 0 0 1-12 0zM15 12l6-2.5M6 9c0-1 1-1 1-2M10 9c0-1 1-1 1-2",
  "cutting board": "M6 5h12v15H6zM10.5 8h3M9 12l6 4M15 12l-3 2",
  "coffee grinder": "M8 11h8l1 9H7zM9 11a3 4 0 0 1 6 0M12 7V4h5M17 4v1M10.5 15h3",
  "bread box": "M4 18v-6a5 5 0 0 1 5-5h6a5 5 0 0 1 5 5v6zM4 13h16M11 15.5h2",
  "knife set": "M6 13V4c3 2 3 5 3 9zM6 13v7h2v-7M13 13V4c3 2 3 5 3 9zM13 13v7h2v-7",
  "desk lamp": "M6 20h8M10 20l-3-8 6-5M11 5l5 5 2-4-4-3zM17 12l1 2M19.5 10l2 .5",
  "wall clock": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2",
  "throw blanket": "M5 6h10a4 4 0 0 1 4 4v8H9a4 4 0 0 1-4-4zM5 10h14M9 18v2M12 18v2M15 18v2M18 18v2",
  "book shelf": "M5 4h14v16H5zM5 12h14M8 12V7M10.5 12V6M13 12l1.5-5M8 20v-5M10.5 20v-4M15 20v-5",
  "door mat": "M3 17l3-9h12l3 9zM8 11h8M7.5 14h9",
  "picture frame": "M4 5h16v14H4zM7 8h10v8H7zM7 15l3-3 2 2 3-4 2 3",
  planter: "M6 12h12l-1.5 8h-9zM12 12V8M12 8c-4 0-5-2-5-4 3 0 5 1 5 4zM12 9c0-3 2-4 5-4 0 3-2 4-5 4z",
  "watering can": "M7 9h8v10H7zM15 12l4-5 2 1M7 11c-3 0-4 2-4 3.5S4 17 7 16M8 9a3 3 0 0 1 6 0",
  "bird feeder": "M12 3v3M5 10l7-4 7 4M7 10h10v7H7zM5 17h14M12 17v4M10.5 13.5h3",
  "pruning shears": "M5 4l8 10M19 4l-8 10M9 14a3 3 0 1 0 2 4l1-3M15 14a3 3 0 1 1-2 4l-1-3",
  lantern: "M9 8h6l1 10H8zM10 8V6h4v2M12 6V4M7 20h10M8 18v2M16 18v2M12 15c-1.5-1-1-2 0-3.5 1 1.5 1.5 2.5 0 3.5z",
  bench: "M3 9h18M3 12h18M4 15h16M6 15v5M18 15v5M6 9v6M18 9v6",
  backpack: "M6 10a6 6 0 0 1 12 0v10H6zM9.5 5V3h5v2M9 14h6v4H9zM9.5 10h5",
  tent: "M12 5L3 19h18zM12 5l-1-2M12 5l1-2M12 11l-4 8M12 11l4 8",
  "water bottle": "M10 3h4v3h-4zM9 8l1-2h4l1 2v12H9zM9 12h6M9 16h6",
  "camping stove": "M5 13h14M7 13l-2 7M17 13l2 7M9 13v3h6v-3M12 10c-2-1-1.5-3 0-5 1.5 2 2 4 0 5z",
  hammock: "M3 5v14M21 5v14M3 7c3 9 15 9 18 0M3 7c5 5 13 5 18 0M9 10.5v3M15 10.5v3",
  "head torch": "M4 10c3-4 13-4 16 0M9 10h6v7H9zM12 11.5v0M12 13.5a1.5 1.5 0 1 0 0 .01M16 15l4 2M8 15l-4 2",
  speaker: "M7 3h10v18H7zM12 11.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 6a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
  keyboard: "M3 8h18v9H3zM6 11h1M9 11h1M12 11h1M15 11h1M18 11h.5M8 14h8",
  headphones: "M4 15v-2a8 8 0 0 1 16 0v2M4 14h3v6H5a1 1 0 0 1-1-1zM20 14h-3v6h2a1 1 0 0 0 1-1z",
  charger: "M8 8h8v6a4 4 0 0 1-8 0zM10 8V4M14 8V4M12 18v3",
  webcam: "M12 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 20h8M12 16v4",
  "power bank": "M7 3h10v18H7zM12.5 7l-2.5 5h3.5l-2 5M10.5 3V2M13.5 3V2",
  notebook: "M7 3h11v18H7zM7 3v18M5 7h3M5 12h3M5 17h3M11 8h4M11 11h4",
  "desk organiser": "M4 12h16v8H4zM12 12v8M7 12V5M9.5 12V7M15 12V4l2 2v6M6.5 15.5h3",
  "pen set": "M6 20l-1-3L12 4l3 2-7 12zM13 20l1-3 4-8 2 1-4 9zM11 6l3 2",
  "monitor stand": "M4 4h16v10H4zM12 14v3M3 20v-3h18v3M3 17h18",
  "paper tray": "M3 9l3-4h12l3 4v3H3zM3 15h18v4H3zM3 12v7M21 12v7M9 9h6",
  "desk pad": "M3 7h18v11H3zM6 10h6v5H6zM16 10.5a1.5 2 0 1 0 0 4 1.5 2 0 0 0 0-4z",
};

const KINDS = Object.keys(DRAWINGS);

/** The drawing, and the number of its kind. */
export function drawing(name: string): { path: string; kind: number } {
  const words = name.toLowerCase().split(/\s+/);
  const known = [words.slice(-2).join(" "), words.at(-1) ?? ""].find((kind) => KINDS.includes(kind));
  return known === undefined ? { path: BOX, kind: 0 } : { path: DRAWINGS[known] ?? BOX, kind: KINDS.indexOf(known) };
}
