// Where everything is: all rectangles are read once, then everything is written, so that the browser lays out once.
const GUTTER = 124
const LONG = 60 // words from which on trying a smaller size is not worth another layout

/** Choose one line or several, measure, and draw what lies over the words. */
function layout(editor) {
  const { root, find, doc, show } = editor
  const scroller = find(".scroller")
  const wide = scroller.clientWidth
  if (!wide) return
  editor.width = wide
  const narrow = wide < 640
  const both = doc.source.words.length && doc.target.words.length
  const long = Math.max(doc.source.words.length, doc.target.words.length) > LONG
  const apart = both && doc.source.direction !== doc.target.direction // their beginnings would be far from each other
  root.classList.toggle("narrow", narrow)
  root.classList.remove("compact", "wrapped")
  root.style.setProperty("--below", `${show.methods && !narrow ? editor.data.strips.length * 19 : 0}px`)
  const wraps = show.wrap ?? (narrow || wide < 860 || (long && apart))
  if (wraps) root.classList.add("wrapped")
  else if (!long && scroller.scrollWidth > wide + 1) {
    root.classList.add("compact")
    if (show.wrap === null && apart && scroller.scrollWidth > wide + 1) root.classList.replace("compact", "wrapped")
  }
  measure(editor)
  placeStrips(editor)
  drawOver(editor)
}

function measure(editor) {
  const track = editor.find(".track")
  const origin = track.getBoundingClientRect()
  const place = (node) => {
    const box = node.getBoundingClientRect()
    const [left, right] = [box.left - origin.left, box.right - origin.left]
    return { left, right, top: box.top - origin.top, bottom: box.bottom - origin.top, middle: (left + right) / 2 }
  }
  const row = (side) => ({
    words: editor.rows[side].words.map(place),
    boxes: new Map([...editor.rows[side].boxes].map(([start, box]) => [start, place(box.node)])),
  })
  const strips = [...editor.find(".strips").children].map(place)
  editor.geometry = { width: origin.width, height: origin.height, source: row("source"), target: row("target"), strips, zone: place(editor.find(".zone")), lane: place(editor.find(".lane")) }
}

function resized(editor) {
  if (!editor.data || editor.find(".scroller").clientWidth === editor.width) return
  layout(editor)
}

/** The box of a label if a word has one, else the word: where a link begins. */
function anchorOf(editor, side, index) {
  const entity = entityOver(editor.doc[side], index)
  return (entity && editor.geometry[side].boxes.get(entity.start)) ?? editor.geometry[side].words[index]
}

/** The rectangles of a span, one for each line it takes on the screen. */
function linesOf(editor, side, { start, end }) {
  const lines = []
  for (const word of editor.geometry[side].words.slice(start, end)) {
    const line = lines.at(-1)
    if (line && word.top < line.bottom - 4 && word.bottom > line.top + 4) {
      Object.assign(line, { left: Math.min(line.left, word.left), right: Math.max(line.right, word.right), bottom: Math.max(line.bottom, word.bottom) })
    } else lines.push({ ...word })
  }
  for (const line of lines) line.middle = (line.left + line.right) / 2
  return lines
}

/** The lines the target sentence takes: {top, bottom} each, boxes included. */
function targetLines(editor) {
  const { words, boxes } = editor.geometry.target
  const lines = []
  for (const item of [...boxes.values(), ...words].sort((one, other) => one.top - other.top)) {
    const line = lines.find((known) => item.top < known.bottom - 6 && item.bottom > known.top + 6)
    if (line) Object.assign(line, { top: Math.min(line.top, item.top), bottom: Math.max(line.bottom, item.bottom) })
    else lines.push({ top: item.top, bottom: item.bottom })
  }
  return lines
}

// the curve between two places --------------------------------------------------------------------------------

const bow = (height, dx) => height * (0.5 - 0.3 * Math.min(1, Math.abs(dx) / 500))
const isWrapped = (editor) => editor.root.classList.contains("wrapped")

/** Return the curve of a link: {x1, y1, x2, y2, bow}, or null where there is nothing to draw it between. */
function curveOf(editor, source, target) {
  const { geometry } = editor
  const [from, to] = [geometry.source.words[source], geometry.target.words[target]]
  if (!from || !to) return null
  const [y1, y2] = [anchorOf(editor, "source", source).bottom + 1, anchorOf(editor, "target", target).top - 1]
  return { x1: from.middle, y1, x2: to.middle, y2, bow: bow(y2 - y1, to.middle - from.middle) }
}

const pathOf = ({ x1, y1, x2, y2, bow: by }) => `M${round(x1)},${round(y1)}C${round(x1)},${round(y1 + by)} ${round(x2)},${round(y2 - by)} ${round(x2)},${round(y2)}`
const round = (number) => Math.round(number * 10) / 10

/** Where a curve is at a height: its x, or null above and below it. */
function curveAt({ x1, y1, x2, y2, bow: by }, y) {
  if (y < y1 || y > y2) return null
  const cubic = (t, p0, p1, p2, p3) => (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t * t * p2 + t ** 3 * p3
  let [low, high] = [0, 1]
  for (let turn = 0; turn < 20; turn++) {
    const t = (low + high) / 2
    if (cubic(t, y1, y1 + by, y2 - by, y2) < y) low = t
    else high = t
  }
  return cubic(low, x1, x1, x2, x2)
}

/** The link line under a point of the track, or null; `near` pixels count as on it. */
function linkAt(editor, x, y, near = 12) {
  if (isWrapped(editor)) return null
  let best = null
  for (const link of shownLinks(editor)) {
    const curve = curveOf(editor, link[0], link[1])
    const at = curve && curveAt(curve, y)
    if (at === null || Math.abs(at - x) > near) continue
    if (!best || Math.abs(at - x) < best.away) best = { link, away: Math.abs(at - x) }
  }
  return best?.link ?? null
}

/** The pair whose ribbon a point lies in, or null. */
function ribbonAt(editor, x, y) {
  if (isWrapped(editor)) return null
  return editor.doc.pairs.find((pair) => {
    const edges = ribbonEdges(editor, pair)
    const [left, right] = edges ? edges.map((edge) => curveAt(edge, y)) : []
    return left !== undefined && left !== null && x >= Math.min(left, right) && x <= Math.max(left, right)
  }) ?? null
}

function ribbonEdges(editor, [source, target]) {
  const { doc, geometry } = editor
  const from = geometry.source.boxes.get(doc.source.entities[source]?.start)
  const to = geometry.target.boxes.get(doc.target.entities[target]?.start)
  if (!from || !to) return null
  const [y1, y2] = [from.bottom + 2, to.top - 2]
  const by = bow(y2 - y1, to.middle - from.middle)
  return [{ x1: from.left + 3, y1, x2: to.left + 3, y2, bow: by }, { x1: from.right - 3, y1, x2: to.right - 3, y2, bow: by }]
}

/** The word of a row nearest to a point of the track. */
function wordNear(editor, side, x, y) {
  let best = null
  editor.geometry[side].words.forEach((word, index) => {
    const away = Math.max(word.left - x, 0, x - word.right) + 3 * Math.max(word.top - y, 0, y - word.bottom)
    if (!best || away < best.away) best = { index, away }
  })
  return best?.index ?? null
}
