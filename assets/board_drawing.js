// What the board draws over and under its words: links between the sentences, a previewed span, other methods, the legend.
const SVG = "http://www.w3.org/2000/svg"

function draw(root, state) {
  const svg = root.querySelector(".ribbons")
  const track = root.querySelector(".track")
  const wrapped = root.classList.contains("wrapped")
  const { data, pick, hot } = state
  svg.replaceChildren()
  markPartners(root, state, wrapped)
  if (wrapped) return
  svg.setAttribute("width", track.scrollWidth)
  svg.setAttribute("height", track.scrollHeight)
  const chosen = data.pairs.filter(([source, target]) => isPicked(pick, data, source, target))
  const others = data.pairs.filter((pair) => !chosen.includes(pair))
  for (const pair of others) drawPair(root, data, pair, chosen.length ? { fill: 0.1, line: 0.55 } : { fill: 0.16, line: 1 })
  for (const pair of chosen) drawPair(root, data, pair, { fill: 0.27, line: 1 })
  const inPair = (link) => data.pairs.some((pair) => joins(data, pair, link))
  for (const link of data.links) {
    const near = hot && link[hot.side === "source" ? 0 : 1] === hot.index
    if (!inPair(link) && (near || state.all)) drawLink(root, link, "--muted", "4 3", near ? 0.9 : 0.42)
  }
}

const joins = (data, [source, target], link) => covers(data.source.entities[source], link[0]) && covers(data.target.entities[target], link[1])

function shape(root, attributes) {
  const node = document.createElementNS(SVG, "path")
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  root.querySelector(".ribbons").append(node)
}

const bow = (height, from, to) => height * (0.5 - 0.3 * Math.min(1, Math.abs(from.middle - to.middle) / 500))

function drawLink(root, link, colour, dash, opacity, className = "") {
  const from = edgeOf(root, [wordAt(root, "source", link[0])])
  const to = edgeOf(root, [wordAt(root, "target", link[1])])
  if (!from || !to) return
  const top = boundary(root, "source", link[0], from).bottom
  const bottom = boundary(root, "target", link[1], to).top
  const handle = bow(bottom - top, from, to)
  const d = `M${from.middle},${top} C${from.middle},${top + handle} ${to.middle},${bottom - handle} ${to.middle},${bottom}`
  const width = 0.9 + 1.5 * link[2]
  shape(root, { d, fill: "none", class: className, style: `stroke: var(${colour})`, "stroke-width": width, "stroke-dasharray": link[4] ? "" : dash, opacity })
}

// A ribbon between the boxes of a pair, and its links on it.
function drawPair(root, data, pair, opacity) {
  const [one, other] = [data.source.entities[pair[0]], data.target.entities[pair[1]]]
  const from = edgeOf(root, [boxNode(root, "source", one)])
  const to = edgeOf(root, [boxNode(root, "target", other)])
  if (!from || !to) return
  const [x1, x2, x3, x4] = [from.left + 3, from.right - 3, to.right - 3, to.left + 3]
  const handle = bow(to.top - from.bottom, from, to)
  const [top, bottom] = [from.bottom + 2, to.top - 2]
  const d = `M${x1},${top} L${x2},${top} C${x2},${top + handle} ${x3},${bottom - handle} ${x3},${bottom} ` +
    `L${x4},${bottom} C${x4},${bottom - handle} ${x1},${top + handle} ${x1},${top} Z`
  shape(root, { d, class: one.colour, style: `fill: var(--edge); opacity: ${opacity.fill}` })
  for (const link of data.links) if (joins(data, pair, link)) drawLink(root, link, "--edge", "5 3", opacity.line, one.colour)
}

// Where texts take several lines, links would cross words: the boxes of a pair are outlined instead.
function markPartners(root, { data, pick, hot }, wrapped) {
  root.querySelectorAll(".box.partner").forEach((box) => box.classList.remove("partner"))
  if (!wrapped) return
  for (const [source, target] of data.pairs)
    if (isPicked(pick, data, source, target) || touches(hot, data, source, target)) {
      boxNode(root, "source", data.source.entities[source])?.classList.add("partner")
      boxNode(root, "target", data.target.entities[target])?.classList.add("partner")
    }
}

function boundary(root, side, index, fallback) {
  const box = wordAt(root, side, index)?.closest(".box")
  return box ? edgeOf(root, [box]) : fallback
}
const isPicked = (pick, data, source, target) =>
  pick && (same(pick, { side: "source", ...slim(data.source.entities[source]) }) || same(pick, { side: "target", ...slim(data.target.entities[target]) }))
const slim = (entity) => ({ start: entity.start, end: entity.end })
const touches = (hot, data, source, target) => hot && covers(hot.side === "source" ? data.source.entities[source] : data.target.entities[target], hot.index)

function placePreview(root, state) {
  root.querySelector(".preview")?.remove()
  const preview = state.data.preview
  const lane = root.querySelector(".lane")
  lane.style.height = preview ? "26px" : "4px"
  if (!preview) return
  const area = edgeOf(root, spanNodes(root, "target", preview))
  if (!area) return
  const node = make("div", "preview")
  node.append(make("span", "", preview.text))
  Object.assign(node.style, { left: `${area.left - 5}px`, top: `${area.top - 6}px`, width: `${area.right - area.left + 7}px`, height: `${area.bottom - area.top + 22}px` })
  root.querySelector(".track").append(node)
}

function fillStrips(strips, data) {
  strips.replaceChildren()
  for (const strip of data.strips) {
    const row = make("div", "strip")
    row.setAttribute("aria-label", `${strip.name}: ${strip.note}`)
    row.append(make("div", "gutter", strip.name), make("div", "rail"), make("span", "note", strip.note))
    row.strip = strip
    strips.append(row)
  }
}

function placeStrips(root, state) {
  const right = state.data.target.direction === "rtl"
  for (const row of root.querySelectorAll(".strip")) {
    row.querySelectorAll(".bar, .diff").forEach((node) => node.remove())
    for (const entity of row.strip.entities) {
      const area = edgeOf(root, spanNodes(root, "target", entity))
      if (!area) continue
      const bar = make("div", `bar entity ${entity.colour}`)
      bar.append(make("span", "tag", entity.label))
      bar.dir = right ? "rtl" : "ltr"
      Object.assign(bar.style, { left: `${area.left}px`, width: `${area.right - area.left}px` })
      row.append(bar)
    }
    for (const index of row.strip.differs) placeMark(root, row, index)
  }
}

// A mark stands above the bar, whose label it would cover, or on the rail where there is no bar.
function placeMark(root, row, index) {
  const area = edgeOf(root, [wordAt(root, "target", index)])
  if (!area) return
  const inBar = row.strip.entities.some((item) => covers(item, index))
  const mark = make("div", inBar ? "diff above" : "diff")
  mark.style.left = `${area.middle}px`
  row.append(mark)
}

function fillLegend(legend, data) {
  legend.replaceChildren()
  for (const [state, text] of data.legend) {
    const item = make("span", `about-${state}`)
    if (state === "unlinked") item.append(make("u", "", "word"), ` ${text}`)
    else item.append(make("i", state === "differs" ? "mark" : `entity ${state}`), state === "differs" ? ` ${text}` : text)
    legend.append(item)
  }
}
