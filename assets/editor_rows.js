// The two sentences as nodes: words, and boxes around the words of a label. Nodes are kept and patched, never rebuilt,
// so that the focus stays and 300 words are quick. All texts are set with textContent.
const MARKS = { corrected: "\u270e", bulk: "\u2713\u2713" }

/** Draw what changed. `measured`: sizes may have changed too, so that everything is measured again. */
function paint(editor, measured = false) {
  cancelAnimationFrame(editor.frame)
  editor.frame = 0
  if (!editor.data) return
  const { doc, root } = editor
  const changed = measured || editor.painted !== doc || editor.dirty
  Object.assign(editor, { painted: doc, dirty: false })
  root.classList.toggle("turning", Boolean(editor.turning))
  root.dataset.mode = editor.mode
  if (changed) {
    for (const side of ["source", "target"]) paintRow(editor, side)
    fillStrips(editor)
  }
  paintSelection(editor)
  paintBars(editor)
  if (changed) layout(editor)
  else {
    settleFocus(editor)
    drawOver(editor)
  }
}

/** Patch the words and boxes of a side; editor_lines.js puts them into lines. */
function paintRow(editor, side) {
  const row = editor.doc[side]
  const view = editor.rows[side]
  if (view.row === row) return
  view.row = row
  view.gutter.replaceChildren(make("b", "", row.name), make("small", "", row.note))
  Object.assign(view.cells, { dir: row.direction, lang: row.language })
  view.cells.setAttribute("aria-label", `${row.name}, ${row.note}`)
  view.cells.classList.toggle("tight", row.tight)
  while (view.words.length > row.words.length) view.words.pop().remove()
  const alone = !editor.doc[otherSide(side)].words.length // no other text, so no link is missing
  row.words.forEach((text, index) => patchWord((view.words[index] ??= newWord(side, index)), row, index, alone))
  const boxes = new Map()
  const units = []
  const wordUnit = (index) => ({
    node: view.words[index],
    start: index,
    end: index + 1,
    texts: [row.words[index]],
    apart: row.tight && row.gaps[index],
  })
  let next = 0
  for (const entity of row.entities) {
    if (entity.start < next || entity.end > row.words.length) continue // the server never sends overlapping labels
    while (next < entity.start) units.push(wordUnit(next++))
    const box = view.boxes.get(entity.start) ?? newBox()
    const text = textOf(row, entity)
    patchBox(box, entity, view.words.slice(entity.start, entity.end), text)
    boxes.set(entity.start, box)
    units.push({ node: box.node, start: entity.start, end: entity.end, texts: row.words.slice(entity.start, entity.end), entity })
    next = entity.end
  }
  while (next < row.words.length) units.push(wordUnit(next++))
  view.boxes = boxes
  editor.root.classList.toggle(`no-${side}`, !row.words.length)
  if (!row.words.length) {
    const said = row.missing ? [`No ${row.name} text yet.`, row.why].filter(Boolean).join(" ") : "No words."
    // its width is that of the first text, as the reason takes several lines; it is measured anew with the second
    units.push({ node: make("span", "nothing", said), start: 0, end: 0, texts: ["No words or text yet, at all", said] })
  }
  keepMarks(row, units)
  view.units = units
}

/** Put exactly these children into a node, moving as few as possible. */
function arrange(parent, children) {
  children.forEach((child, index) => {
    if (parent.childNodes[index] !== child) parent.insertBefore(child, parent.childNodes[index] ?? null)
  })
  while (parent.childNodes.length > children.length) parent.lastChild.remove()
}

function newWord(side, index) {
  const node = make("span", "word")
  Object.assign(node.dataset, { side, index })
  node.tabIndex = -1
  node.setAttribute("role", "option")
  return node
}

function patchWord(node, row, index, alone) {
  const text = row.words[index]
  const entity = entityOver(row, index)
  const linked = alone || row.linked[index]
  const glued = index > 0 && !row.gaps[index]
  const kind = [
    entity || linked ? "" : "unlinked",
    glued ? (/^[\p{P}\p{S}]/u.test(text) && !row.tight ? "glued" : "ticked") : "",
    row.tight && row.gaps[index] ? "apart" : "",
  ]
  if (text.length > 24) kind.push("long")
  const className = ["word", ...kind].filter(Boolean).join(" ")
  if (node.kind !== className) {
    node.kind = className
    node.className = className
    node.shown = -1
  }
  if (node.text !== text) node.textContent = node.text = text
  const about = entity
    ? `, ${entity.label}, ${entity.said}${entity.score ? `, score ${entity.score}` : ""}`
    : linked
      ? ""
      : ", no link"
  const label = `word ${index + 1}, ${text}${about}`
  if (node.label !== label) node.setAttribute("aria-label", (node.label = label))
}

function newBox() {
  const node = make("div", "box entity")
  node.setAttribute("role", "group")
  const [inner, foot, tag, mark, score] = [
    make("div", "inner"),
    make("div", "under"),
    make("span", "tag"),
    make("span", "mark"),
    make("span", "score"),
  ]
  inner.setAttribute("role", "presentation")
  foot.setAttribute("aria-hidden", "true")
  score.dir = "ltr"
  foot.append(tag, mark, score)
  node.append(inner, foot)
  return { node, inner, tag, mark, score }
}

function patchBox(box, entity, words, text) {
  const className = `box entity ${entity.state} ${entity.colour}`
  if (box.kind !== className) {
    box.node.className = box.kind = className
    box.wasCurrent = box.wasPartner = false
  }
  if (box.tag.textContent !== entity.label) box.tag.textContent = entity.label
  box.mark.textContent = MARKS[entity.state] ?? ""
  box.score.textContent = entity.score ?? ""
  box.entity = entity
  box.node.dataset.start = entity.start
  box.node.setAttribute("aria-label", `${entity.label}, ${entity.said}: ${text}`)
  arrange(box.inner, words)
}

// selection -----------------------------------------------------------------------------------------------

function paintSelection(editor) {
  const { view, drag } = editor
  const pick = drag?.span ?? view.pick
  const partner = partnerOf(editor)
  for (const side of ["source", "target"]) {
    const { words, boxes } = editor.rows[side]
    const whole = pick?.side === side && !drag && entityAt(editor.doc[side], pick.start, pick.end)
    words.forEach((node, index) =>
      paintWord(editor, node, side, index, pick?.side === side && index >= pick.start && index < pick.end, whole),
    )
    for (const box of boxes.values()) {
      const current = box.entity === whole
      if (box.wasCurrent !== current) box.node.classList.toggle("current", (box.wasCurrent = current))
      const isPartner = box.entity === partner
      if (box.wasPartner !== isPartner) box.node.classList.toggle("partner", (box.wasPartner = isPartner))
    }
  }
}

function paintWord(editor, node, side, index, picked, whole) {
  const here = editor.cursor.side === side && editor.cursor.index === index
  const first = editor.first?.side === side && editor.first.index === index
  const shown = (picked ? (whole ? 1 : 3) : 0) + (here ? 4 : 0) + (first ? 8 : 0)
  if (node.shown === shown) return
  node.shown = shown
  node.classList.toggle("picked", shown % 4 === 3)
  node.classList.toggle("cursor", here)
  node.classList.toggle("first", first)
  node.setAttribute("aria-selected", String(Boolean(picked)))
  node.tabIndex = here ? 0 : -1
}

/** Give the focus to the word under the cursor, unless the person is busy elsewhere on the page: the link that led here is
 not elsewhere. A page that has just come is not scrolled. */
function settleFocus(editor) {
  const { side, index } = editor.cursor
  const node = editor.rows[side].words[index]
  const away = !hasFocus(editor) && !isOnNavigation(document.activeElement)
  const busy = editor.root.querySelector("form:not([hidden])") || editor.find(".help").open || away
  const lost = editor.hadFocus && editor.root.getRootNode().activeElement === null
  const pending = node && !busy && (editor.focusPending || lost)
  if (pending) node.focus({ preventScroll: true })
  if (node && (pending || editor.scrollPending)) bringIntoView(editor, side, index)
  if (pending && editor.focusPending !== "arriving") node.scrollIntoView({ block: "nearest", inline: "nearest" })
  editor.focusPending = editor.scrollPending = false
}

function focusRow(editor) {
  editor.focusPending = true
  repaint(editor)
}

/** Scroll the sentences so that a word, with some of what is around it, can be seen; the page stays where it is. */
function bringIntoView(editor, side, index) {
  const place = editor.geometry?.[side].words[index]
  const scroller = editor.find(".scroller")
  if (!place) return
  const nearer = (from, size, low, high, before, after) =>
    low - before < from ? Math.max(0, low - before) : high + after > from + size ? high + after - size : from
  if (isWrapped(editor)) {
    const [above, below] = side === "source" ? [30, 200] : [130, 110]
    const top = nearer(scroller.scrollTop, scroller.clientHeight, place.top, place.bottom, above, below)
    if (top !== scroller.scrollTop) scroller.scrollTop = top
  } else {
    const left = nearer(scroller.scrollLeft, scroller.clientWidth, place.left, place.right, GUTTER + 60, 140)
    if (left !== scroller.scrollLeft) scroller.scrollLeft = left
  }
}

function onFocus(editor, event) {
  const node = event.target.closest?.(".word")
  editor.hadFocus = Boolean(node)
  if (!node || (node.dataset.side === editor.cursor.side && +node.dataset.index === editor.cursor.index)) return
  editor.cursor = { side: node.dataset.side, index: +node.dataset.index }
  repaint(editor)
}
