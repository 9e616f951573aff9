// A picture that fits its frame, and that wheel, drag, two fingers, keys and buttons make larger and move.

const STEP = 1.3;
const LARGEST = 4; // pixels of the screen for one of the picture

/** Let a picture of `size()` pixels be seen through its frame; returns what buttons and keys do. */
export function mountViewport(frame, picture, changed = () => {}) {
  let size = { width: 1, height: 1 };
  let view = { x: 0, y: 0, width: 1 }; // what is in sight, in pixels of the picture; its height follows
  const pointers = new Map();
  let whole = true; // all is in sight, and stays so when the frame changes
  let moved = 0;
  let spread = 0;

  const box = () => ({ width: Math.max(1, frame.clientWidth), height: Math.max(1, frame.clientHeight) });
  const ratio = () => box().height / box().width;
  const widest = () => Math.max(size.width, size.height / ratio());
  const scale = () => box().width / view.width;

  function show() {
    view.width = Math.min(widest(), Math.max(box().width / LARGEST, view.width));
    const height = view.width * ratio();
    view.x = clamp(view.x, size.width, view.width);
    view.y = clamp(view.y, size.height, height);
    picture.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${height}`);
    whole = view.width >= widest() * 0.999;
    frame.classList.toggle("zoomed", !whole);
    changed(scale());
  }

  function clamp(at, whole, seen) {
    return seen >= whole ? (whole - seen) / 2 : Math.min(whole - seen, Math.max(0, at));
  }

  /** Make it larger around a point of the frame, the middle unless told. */
  function zoom(factor, at = { x: box().width / 2, y: box().height / 2 }) {
    const before = view.width;
    const width = Math.min(widest(), Math.max(box().width / LARGEST, before / factor));
    view.x += (at.x / box().width) * (before - width);
    view.y += (at.y / box().width) * (before - width);
    view.width = width;
    show();
  }

  function pan(x, y) {
    view.x += x / scale();
    view.y += y / scale();
    show();
  }

  function fit() {
    view = { x: 0, y: 0, width: widest() };
    show();
  }

  /** Move so that a part of the picture can be seen. */
  function reveal(x, y, width, height) {
    const high = view.width * ratio();
    if (x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + high) return;
    view.x = x + width / 2 - view.width / 2;
    view.y = y + height / 2 - high / 2;
    show();
  }

  function resize(next, keep) {
    size = next;
    if (keep && !whole) show();
    else fit();
  }

  const place = (event) => {
    const { left, top } = frame.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  frame.addEventListener("wheel", (event) => {
    // The page scrolls past a map that nobody has chosen.
    if (!event.ctrlKey && !event.metaKey && !frame.contains(document.activeElement)) return;
    event.preventDefault();
    zoom(Math.exp(-Math.max(-200, Math.min(200, event.deltaY)) / 300), place(event));
  }, { passive: false });
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, place(event));
    [moved, spread] = [0, apart(pointers)];
  });
  frame.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    pointers.set(event.pointerId, now);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved < 4) return;
    frame.setPointerCapture(event.pointerId);
    const wide = apart(pointers);
    if (pointers.size === 1) pan(before.x - now.x, before.y - now.y);
    else if (spread && wide) zoom(wide / spread, middle(pointers));
    spread = wide;
  });
  const lifted = (event) => { pointers.delete(event.pointerId); spread = apart(pointers); };
  frame.addEventListener("pointerup", lifted);
  frame.addEventListener("pointercancel", lifted);
  // The click that ends a drag chooses nothing.
  frame.addEventListener("click", (event) => { if (moved >= 4) { event.stopPropagation(); event.preventDefault(); moved = 0; } }, true);
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60;
    const acts = {
      "+": () => zoom(STEP), "=": () => zoom(STEP), "-": () => zoom(1 / STEP), 0: fit,
      ArrowLeft: () => pan(-step, 0), ArrowRight: () => pan(step, 0), ArrowUp: () => pan(0, -step), ArrowDown: () => pan(0, step),
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });
  new ResizeObserver(() => (whole ? fit() : show())).observe(frame);
  return { zoom, fit, reveal, resize, larger: () => zoom(STEP), smaller: () => zoom(1 / STEP) };
}

function apart(pointers) {
  const [one, other] = [...pointers.values()];
  return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
}

function middle(pointers) {
  const [one, other] = [...pointers.values()];
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
