// What lies over and between the words: ribbons and links, the preview of a candidate, the mark of a split, handles,
// the strips of other methods. Everything here only writes, from the places measured in editor_geometry.js.
const SVG = "http://www.w3.org/2000/svg"

function drawOver(editor) {
  if (!editor.geometry) return
  drawLinks(editor)
  drawOverlay(editor)
}

function shape(parent, name, attributes) {
  const node = document.createElementNS(SVG, name)
  for (const key in attributes) node.setAttribute(key, attributes[key])
  parent.append(node)
  return node
}

const inPair = ({ doc }, [source, target], link) => {
  const [one, other] = [doc.source.entities[source], doc.target.entities[target]]
  return one && other && link[0] >= one.start && link[0] < one.end && link[1] >= other.start && link[1] < other.end
}

/** The links drawn now: those of labels always; others near the pointer or cursor, in link mode, or all with V. */
function shownLinks(editor) {
  return editor.doc.links.filter((link) => isShown(editor, link))
}

function isShown(editor, link) {
  if (editor.show.links || editor.doc.pairs.some((pair) => inPair(editor, pair, link))) return true
  return isNear(editor, link)
}

function isNear(editor, link) {
  const at = (place) => place && link[place.side === "source" ? 0 : 1] === place.index
  return Boolean(at(editor.hot) || at(readWord(editor)) || at(editor.first))
}

/** The word whose links are of interest by the keyboard: the cursor, unless a whole label is selected. */
function readWord(editor) {
  const reading = editor.mode === "link" || (editor.hadFocus && editor.view.pick && !pickedEntity(editor))
  return reading ? editor.cursor : null
}

function drawLinks(editor) {
  const svg = editor.find(".ribbons")
  const { geometry, doc } = editor
  svg.replaceChildren()
  if (!doc.source.words.length || !doc.target.words.length) return
  svg.setAttribute("width", geometry.width)
  svg.setAttribute("height", geometry.height)
  const chosen = doc.pairs.find((pair) => isChosen(editor, pair))
  const free = new Set(doc.links)
  const back = shape(svg, "g", { class: chosen ? "back dimmed" : "back" })
  for (const pair of doc.pairs) if (pair !== chosen) drawPair(editor, back, pair, free)
  const chosenLinks = chosen && doc.links.filter((link) => inPair(editor, chosen, link))
  chosenLinks?.forEach((link) => free.delete(link))
  for (const link of free) if (isShown(editor, link)) drawLink(editor, svg, link, "free")
  if (chosen) drawPair(editor, shape(svg, "g", { class: "front" }), chosen, new Set(chosenLinks))
  if (editor.mode === "link" && editor.first) drawRubber(editor, svg)
}

function isChosen({ doc, view: { pick } }, [source, target]) {
  if (!pick) return false
  const entity = doc[pick.side].entities[pick.side === "source" ? source : target]
  return entity && entity.start === pick.start && entity.end === pick.end
}

function drawPair(editor, parent, pair, free) {
  const { source, target } = editor.doc
  const group = shape(parent, "g", { class: `pair ${(target.entities[pair[1]] ?? source.entities[pair[0]])?.colour}` })
  const edges = ribbonEdges(editor, pair)
  if (edges) drawBand(group, edges)
  for (const link of free) {
    if (!inPair(editor, pair, link)) continue
    drawLink(editor, group, link, "bound")
    free.delete(link)
  }
}

function drawBand(group, [left, right]) {
  const back = `L${round(right.x2)},${round(right.y2)}C${round(right.x2)},${round(right.y2 - right.bow)} ${round(right.x1)},${round(right.y1 + right.bow)} ${round(right.x1)},${round(right.y1)}Z`
  shape(group, "path", { class: "band", d: pathOf(left) + back })
}

function drawLink(editor, parent, link, kind) {
  const curve = curveOf(editor, link[0], link[1])
  if (!curve) return drawStubs(editor, parent, link, kind)
  const near = isNear(editor, link) || (editor.hot?.link && editor.hot.link === link)
  const width = round(0.9 + 1.5 * link[2])
  shape(parent, "path", {
    class: ["link", kind, link[4] && "manual", near && "near"].filter(Boolean).join(" "),
    d: pathOf(curve),
    "stroke-width": width,
  })
  if (!link[4]) return
  for (const [x, y] of [
    [curve.x1, curve.y1],
    [curve.x2, curve.y2],
  ])
    shape(parent, "rect", { class: `end ${kind}`, x: round(x - 3), y: round(y - 3), width: 6, height: 6 })
}

/** A link into another band: its two ends only, pointing to where it goes. */
function drawStubs(editor, parent, link, kind) {
  const [from, to] = [editor.geometry.source.words[link[0]], editor.geometry.target.words[link[1]]]
  if (!from || !to) return
  const lean = bandOf(editor, "source", link[0]) < bandOf(editor, "target", link[1]) ? 1 : -1
  const [y1, y2] = [anchorOf(editor, "source", link[0]).bottom + 1, anchorOf(editor, "target", link[1]).top - 1]
  const className = ["link stub", kind, link[4] && "manual", isNear(editor, link) && "near"].filter(Boolean).join(" ")
  shape(parent, "path", {
    class: className,
    d: `M${round(from.middle)},${round(y1)}q0,9 ${8 * lean},14M${round(to.middle)},${round(y2)}q0,-9 ${-8 * lean},-14`,
  })
}

/** In link mode: the line from the first word to the word under the cursor. */
function drawRubber(editor, parent) {
  const { first, cursor } = editor
  if (first.side === cursor.side) return
  const curve = first.side === "source" ? curveOf(editor, first.index, cursor.index) : curveOf(editor, cursor.index, first.index)
  if (curve) shape(parent, "path", { class: "rubber", d: pathOf(curve) })
}

// over the words ----------------------------------------------------------------------------------------------

function drawOverlay(editor) {
  const overlay = editor.find(".overlay")
  overlay.replaceChildren()
  markHot(editor)
  drawGhost(editor, overlay)
  drawCaret(editor, overlay)
  if (editor.mode === "edit" && !editor.data.readonly) drawHandles(editor, overlay)
}

/** Shade the words linked with the one under the pointer or cursor, on both sides. */
function markHot(editor) {
  const place = editor.hot?.side ? editor.hot : readWord(editor)
  const wanted = new Set()
  if (place) {
    const here = place.side === "source" ? 0 : 1
    for (const link of editor.doc.links)
      if (link[here] === place.index) wanted.add(editor.rows[otherSide(place.side)].words[link[1 - here]])
    if (wanted.size) wanted.add(editor.rows[place.side].words[place.index])
  }
  for (const link of editor.hot?.link ? [editor.hot.link] : [])
    wanted.add(editor.rows.source.words[link[0]]).add(editor.rows.target.words[link[1]])
  for (const node of editor.shaded ?? []) if (!wanted.has(node)) node?.classList.remove("hot")
  for (const node of wanted) node?.classList.add("hot")
  editor.shaded = wanted
}

function drawGhost(editor, overlay) {
  const ghost = candidatesFor(editor)[editor.view.ghost]
  if (!ghost) return
  const lines = linesOf(editor, "target", ghost)
  const around = (line) =>
    Math.max(
      line.bottom,
      ...[...editor.geometry.target.boxes.values()]
        .filter((box) => box.left < line.right && box.right > line.left && box.top < line.bottom && box.bottom > line.top)
        .map((box) => box.bottom),
    )
  lines.forEach((line, index) => {
    const node = make("div", "ghost")
    Object.assign(node.style, { left: `${line.left}px`, width: `${line.right - line.left}px`, top: `${around(line) + 6}px` })
    if (index === lines.length - 1) {
      const text = make("span", "", `${ghostText(ghost, editor.view.ghost)}. Enter to use`)
      text.dir = "ltr"
      node.append(text)
    }
    overlay.append(node)
  })
  keepTextInside(editor, overlay)
}

/** The text of the preview stays inside the track where its words are at the edge. */
function keepTextInside(editor, overlay) {
  const text = overlay.querySelector(".ghost span")
  if (!text) return
  const [box, track] = [text.getBoundingClientRect(), editor.find(".track").getBoundingClientRect()]
  const shift = Math.max(track.left + 8 - box.left, 0) - Math.max(box.right - track.right + 8, 0)
  if (shift) text.style.marginLeft = `${shift * 2}px`
}

function drawCaret(editor, overlay) {
  if (editor.mode !== "token") return
  const { side, index } = editor.cursor
  const text = editor.rows[side].words[index]?.firstChild
  if (!text || !splitOffsets(text.data).includes(editor.caret)) return
  const units = [...text.data].slice(0, editor.caret).join("").length
  const origin = editor.find(".track").getBoundingClientRect()
  const place = caretPlace(text, units)
  const node = make("div", "caret")
  Object.assign(node.style, {
    left: `${place.x - origin.left}px`,
    top: `${place.top - origin.top - 2}px`,
    height: `${place.height + 4}px`,
  })
  overlay.append(node)
}

/** Where the gap before a UTF-16 offset of a text node is on the screen: the end of the letter before it. */
function caretPlace(text, units) {
  const range = document.createRange()
  range.setStart(text, units)
  range.setEnd(text, units)
  const box = range.getClientRects()[0] ?? text.parentNode.getBoundingClientRect()
  return { x: box.left, top: box.top, height: box.height }
}

function drawHandles(editor, overlay) {
  const { pick } = editor.view
  const entity = pickedEntity(editor)
  const box = entity && editor.geometry[pick.side].boxes.get(entity.start)
  if (!box) return
  for (const way of ["left", "right"]) {
    const node = make("div", `handle ${way}`)
    node.append(make("i", ""))
    node.dataset.edge = (way === "left") === !isRightToLeft(editor, pick.side) ? "start" : "end"
    Object.assign(node.style, { left: `${box[way]}px`, top: `${box.top}px`, height: `${box.bottom - box.top}px` })
    overlay.append(node)
  }
}
