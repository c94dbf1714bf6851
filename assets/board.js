// The pair of sentences: entity boxes, links between them, other methods beneath. It only shows and selects;
// every change of data is made by the buttons of the page. Texts are set with textContent, never as HTML.
const make = (tag, className, text) => {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}
const covers = (span, index) => index >= span.start && index < span.end
const same = (one, other) => one && other && one.side === other.side && one.start === other.start && one.end === other.end

export default function ({ data, setStateValue, parentElement }) {
  const root = parentElement.querySelector(".board")
  const state = (root.state ??= { pick: null, count: 0, all: false, hot: null, drag: null })
  if (state.sentence !== data.sentence) Object.assign(state, { sentence: data.sentence, pick: data.pick, hot: null, drag: null })
  else if (!data.pick || data.pick.count >= state.count) state.pick = data.pick
  state.count = Math.max(state.count, data.pick?.count ?? 0)
  state.data = data
  state.send = (pick) => {
    state.count = Math.max(state.count + 1, Date.now()) // above what the page makes of older clicks meanwhile
    state.pick = { ...pick, sentence: state.sentence, count: state.count }
    paintPick(root, state)
    draw(root, state)
    setStateValue("pick", state.pick)
  }
  build(root, state)
  layout(root, state)
  if (!root.observer) {
    root.observer = new ResizeObserver(() => layout(root, state))
    root.observer.observe(root)
    root.querySelector(".all input").addEventListener("change", (event) => {
      state.all = event.target.checked
      draw(root, state)
    })
    document.fonts?.ready.then(() => layout(root, state))
  }
}

function build(root, state) {
  const focused = root.getRootNode().activeElement?.dataset
  const kept = focused?.index !== undefined ? { side: focused.side, index: focused.index } : null
  for (const side of ["source", "target"]) fillRow(root.querySelector(`.${side}`), side, state, root)
  fillStrips(root.querySelector(".strips"), state.data)
  fillLegend(root.querySelector(".legend"), state.data)
  if (kept) wordAt(root, kept.side, kept.index)?.focus()
}

function fillRow(line, side, state, root) {
  const row = state.data[side]
  const gutter = line.querySelector(".gutter")
  gutter.replaceChildren(make("b", "", row.name), make("small", "", row.note))
  const cells = line.querySelector(".cells")
  cells.replaceChildren()
  cells.dir = row.direction
  cells.lang = row.language
  cells.setAttribute("aria-label", `${row.name}, ${row.note}`)
  let index = 0
  while (index < row.words.length) {
    const entity = row.entities.find((item) => item.start === index)
    if (entity) {
      const box = make("div", `box entity ${entity.state} ${entity.colour}`)
      Object.assign(box.dataset, { start: entity.start, end: entity.end })
      const inner = make("div", "inner")
      for (; index < entity.end; index++) inner.append(word(row, side, index, entity, state, root))
      const foot = make("div", "foot-line")
      foot.append(make("span", "tag", entity.label + (entity.state === "corrected" ? " \u270e" : "")))
      const score = make("span", "score", entity.score)
      score.dir = "ltr"
      foot.append(score)
      box.append(inner, foot)
      cells.append(box)
    } else cells.append(word(row, side, index++, null, state, root))
  }
  const first = cells.querySelector(".word")
  if (first) first.tabIndex = 0
}

function word(row, side, index, entity, state, root) {
  const node = make("span", "word")
  node.append(make("bdi", "", row.words[index]))
  if (row.tight) node.classList.add("tight")
  if (row.gaps[index]) node.classList.add("gap")
  if (!row.linked[index] && !entity) node.classList.add("unlinked")
  Object.assign(node.dataset, { side, index })
  node.tabIndex = -1
  node.setAttribute("role", "option")
  const about = entity ? `, ${entity.label}, ${entity.said}${entity.score ? ", score " + entity.score : ""}` : row.linked[index] ? "" : ", no link"
  node.setAttribute("aria-label", `word ${index + 1}, ${row.words[index]}${about}`)
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return
    state.drag = { side, from: index, to: index }
    root.ownerDocument.addEventListener("pointerup", () => finishDrag(root, state), { once: true })
  })
  node.addEventListener("pointerenter", () => {
    if (state.drag && state.drag.side === side) {
      state.drag.to = index
      paintPick(root, state, dragged(state.drag))
    }
    point(root, state, { side, index })
  })
  node.addEventListener("pointerleave", () => point(root, state, null))
  node.addEventListener("focus", () => point(root, state, { side, index }))
  node.addEventListener("keydown", (event) => key(event, root, state, side, index))
  return node
}

const dragged = ({ side, from, to }) => ({ side, start: Math.min(from, to), end: Math.max(from, to) + 1 })

function finishDrag(root, state) {
  if (!state.drag) return
  const drag = state.drag
  state.drag = null
  pickWords(state, drag.side, dragged(drag), drag.from === drag.to)
}

function pickWords(state, side, span, single) {
  const entity = single && state.data[side].entities.find((item) => covers(item, span.start))
  const pick = { side, start: entity ? entity.start : span.start, end: entity ? entity.end : span.end }
  if (!same(pick, state.pick)) state.send(pick)
}

function key(event, root, state, side, index) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
  const forward = state.data[side].direction === "rtl" ? "ArrowLeft" : "ArrowRight"
  const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight"
  const other = side === "source" ? "target" : "source"
  const go = {
    [forward]: () => wordAt(root, side, index + 1),
    [backward]: () => wordAt(root, side, index - 1),
    ArrowDown: () => wordAt(root, other, linkedTo(state, side, index)),
    ArrowUp: () => wordAt(root, other, linkedTo(state, side, index)),
  }[event.key]
  if (go) go()?.focus()
  else if (event.key === "Enter" || event.key === " ") pickWords(state, side, { start: index, end: index + 1 }, true)
  else return
  event.preventDefault()
  event.stopPropagation()
}

function linkedTo(state, side, index) {
  const link = state.data.links.find((item) => item[side === "source" ? 0 : 1] === index)
  const last = state.data[side === "source" ? "target" : "source"].words.length - 1
  return link ? link[side === "source" ? 1 : 0] : Math.min(index, last)
}

const wordAt = (root, side, index) => root.querySelector(`.${side} .word[data-index="${index}"]`)

function point(root, state, place) {
  state.hot = place
  root.querySelectorAll(".word.hot").forEach((node) => node.classList.remove("hot"))
  const reading = root.querySelector(".reading")
  reading.textContent = ""
  if (place) {
    const [here, there, other] = place.side === "source" ? [0, 1, "target"] : [1, 0, "source"]
    const links = state.data.links.filter((link) => link[here] === place.index)
    links.forEach((link) => wordAt(root, other, link[there])?.classList.add("hot"))
    const text = state.data[place.side].words[place.index]
    const linked = links.map((link) => `${state.data[other].words[link[there]]} ${link[3]}`.trim())
    const none = state.data[place.side].linked[place.index] ? "" : "no link"
    reading.textContent = [text, linked.join(", ") || none].filter(Boolean).join(" \u2192 ")
  }
  draw(root, state)
}

function paintPick(root, state, pick = state.pick) {
  for (const node of root.querySelectorAll(".word")) {
    const on = pick && node.dataset.side === pick.side && covers(pick, +node.dataset.index)
    node.classList.toggle("picked", Boolean(on))
    node.setAttribute("aria-selected", on ? "true" : "false")
  }
  for (const side of ["source", "target"])
    for (const box of root.querySelectorAll(`.${side} .box`))
      box.classList.toggle("current", same(pick, { side, start: +box.dataset.start, end: +box.dataset.end }))
}

function layout(root, state) {
  const wide = root.clientWidth
  if (!wide) return
  root.classList.toggle("narrow", wide < 640)
  root.classList.remove("wrapped", "compact")
  root.querySelectorAll(".cells").forEach((cells) => (cells.style.maxWidth = ""))
  // one line if it fits, else a little smaller, else several lines
  const overflows = () => root.querySelector(".track").scrollWidth > wide
  if (overflows()) root.classList.add("compact")
  if (overflows() || wide < 640) {
    root.classList.remove("compact")
    root.classList.add("wrapped")
  }
  shiftRow(root)
  placeStrips(root, state)
  placePreview(root, state)
  paintPick(root, state)
  draw(root, state)
}

// Both rows share one track: a right-to-left row starts at the end of the longer one, not at the window's edge.
function shiftRow(root) {
  const rows = ["source", "target"].map((side) => root.querySelector(`.${side} .cells`))
  rows.forEach((cells) => (cells.style.maxWidth = ""))
  if (root.classList.contains("wrapped")) return
  const widths = rows.map((cells) => {
    const boxes = [...cells.children].map((node) => node.getBoundingClientRect())
    return boxes.length ? Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left)) + 12 : 0
  })
  rows.forEach((cells) => (cells.style.maxWidth = `${Math.max(...widths)}px`))
}

const edgeOf = (root, nodes) => {
  const origin = root.querySelector(".track").getBoundingClientRect()
  const boxes = nodes.filter(Boolean).map((node) => node.getBoundingClientRect())
  if (!boxes.length) return null
  const left = Math.min(...boxes.map((box) => box.left)) - origin.left
  const right = Math.max(...boxes.map((box) => box.right)) - origin.left
  const top = Math.min(...boxes.map((box) => box.top)) - origin.top
  const bottom = Math.max(...boxes.map((box) => box.bottom)) - origin.top
  return { left, right, top, bottom, middle: (left + right) / 2 }
}
const spanNodes = (root, side, span) => {
  const nodes = []
  for (let index = span.start; index < span.end; index++) nodes.push(wordAt(root, side, index))
  return nodes
}
const boxNode = (root, side, entity) => root.querySelector(`.${side} .box[data-start="${entity.start}"]`)
