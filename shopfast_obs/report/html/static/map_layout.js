// Where the services of a map stand, and how its lines run: dagre, in the direction that fits the room better.

export const WIDTH = 196;
export const HEIGHT = 66;
const MOST = 150; // edges; a larger picture tells nobody anything, and the table has them all
const LABEL = { width: 64, height: 18, labelpos: "c" };
const FUNCTION = "AWS::Lambda::Function";

/** The nodes of a map by key, one for a function's two, and its busiest edges between them. */
export function graph(map) {
  const edges = map.edges.map((edge) => ({
    ...edge, from: keyOf(edge.source, edge.source_type), to: keyOf(edge.target, edge.target_type),
  })).filter((edge) => edge.from !== edge.to).slice(0, MOST);
  const nodes = new Map();
  for (const edge of edges) {
    nodes.set(edge.from, { key: edge.from, name: edge.source, type: edge.source_type, counts: null });
    nodes.set(edge.to, { key: edge.to, name: edge.target, type: edge.target_type, counts: null });
  }
  for (const node of map.nodes) {
    const key = keyOf(node.name, node.type);
    if (nodes.has(key) && (!nodes.get(key).counts || node.type === FUNCTION)) nodes.set(key, { key, ...node });
  }
  return { nodes, edges };
}

function keyOf(name, type) {
  return `${type === "AWS::Lambda" ? FUNCTION : type}\n${name}`;
}

/** Give every node and edge its `place`, in the direction in which more can be read in a room of that shape; returns
 * the size of the picture. */
export function laidOut({ nodes, edges }, room) {
  const [across, down] = ["LR", "TB"].map((direction) => layout(nodes, edges, direction));
  const fit = (one) => Math.min(1, room.width / one.width, room.height / one.height);
  const best = fit(down) > fit(across) * 1.15 ? down : across;
  for (const [key, node] of nodes) node.place = best.nodes.get(key);
  edges.forEach((edge, number) => { edge.place = best.edges[number]; });
  return best;
}

function layout(nodes, edges, direction) {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: direction, nodesep: 24, ranksep: direction === "LR" ? 34 : 26, edgesep: 16, marginx: 10, marginy: 10 });
  drawing.setDefaultEdgeLabel(() => ({}));
  // Numbers for names: dagre keeps them as keys of plain objects, in which `__proto__` is none.
  const keys = new Map([...nodes.keys()].map((key, number) => [key, `n${number}`]));
  for (const key of keys.values()) drawing.setNode(key, { width: WIDTH, height: HEIGHT });
  edges.forEach((edge, number) => drawing.setEdge(keys.get(edge.from), keys.get(edge.to), { ...LABEL }, `e${number}`));
  dagre.layout(drawing);
  return {
    direction, width: drawing.graph().width, height: drawing.graph().height,
    nodes: new Map([...keys].map(([key, number]) => [key, drawing.node(number)])),
    edges: edges.map((edge, number) => docked(
      drawing.edge({ v: keys.get(edge.from), w: keys.get(edge.to), name: `e${number}` }),
      drawing.node(keys.get(edge.from)), drawing.node(keys.get(edge.to)), direction)),
  };
}

/** A line that goes forward leaves a box in the middle of its side, and arrives so. */
function docked(place, from, to, direction) {
  const [along, half] = direction === "LR" ? ["x", WIDTH / 2] : ["y", HEIGHT / 2];
  if (to[along] - half <= from[along] + half) return place;
  const ends = [{ ...from, [along]: from[along] + half }, { ...to, [along]: to[along] - half }];
  return { ...place, points: [ends[0], ...place.points.slice(1, -1), ends[1]] };
}

/** A smooth line through every one of dagre's points, the one below the label among them. */
export function curve(points, direction) {
  const [first, ...rest] = points;
  let path = `M${first.x} ${first.y}`;
  let before = first;
  for (const point of rest) {
    const [x, y] = [(before.x + point.x) / 2, (before.y + point.y) / 2];
    path += direction === "LR" ? ` C${x} ${before.y} ${x} ${point.y} ${point.x} ${point.y}` : ` C${before.x} ${y} ${point.x} ${y} ${point.x} ${point.y}`;
    before = point;
  }
  return path;
}
