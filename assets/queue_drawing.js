// How the list, the preview and the state of what is stored are drawn.
function paint(list) {
  const { rows, people, empty } = list.data
  const table = list.find("table")
  table.classList.toggle("no-people", !people)
  paintRows(list)
  table.toggleAttribute("aria-activedescendant", false)
  if (rows.length) table.setAttribute("aria-activedescendant", `row-${list.selected}`)
  table.hidden = !rows.length
  const none = list.find(".none")
  none.hidden = rows.length > 0
  none.textContent = empty
  paintPreview(list)
  paintSaved(list)
  if (list.saysRow) sayRow(list) // rows above it may have left the list
}

/** What has not changed stays: a click on a row that is replaced between press and release would be lost. */
function paintRows(list) {
  const body = list.find("tbody")
  const kept = new Map([...body.rows].map((line) => [line.shown, line]))
  const lines = list.data.rows.map((row) => {
    const shown = JSON.stringify([row, isAccepted(list, row), isFlagged(list, row)])
    return kept.get(shown) ?? Object.assign(makeRow(list, row), { shown })
  })
  for (const line of [...body.rows]) if (!lines.includes(line)) line.remove()
  lines.forEach((line, index) => {
    if (body.rows[index] !== line) body.insertBefore(line, body.rows[index] ?? null)
    line.setAttribute("aria-selected", String(index === list.index))
  })
}

function makeRow(list, row) {
  const line = make("tr", isDone(list, row) ? "done" : "")
  line.id = `row-${row.position}`
  const text = cell("text", row.text)
  Object.assign(text, { dir: row.direction, lang: row.language, title: row.text })
  line.append(
    cell("number", String(row.position + 1)), text, withPills("counts", row.counts.map(makeCount)), doubtCell(row),
    withPills("why", [...row.reasons.map(makePill), ...(row.more ? [make("small", "", row.more)] : [])]),
    cell("people", row.people || "\u2013"), withPills("state", statesOf(list, row).map(makePill)),
  ) // prettier-ignore
  return line
}

const cell = (className, text) => make("td", className, text)

function withPills(className, pills) {
  const made = cell(className)
  made.append(...pills)
  return made
}

function makeCount(count) {
  return make("span", `pill count ${count.colour}`, count.text)
}

function makePill(pill) {
  const made = make("span", `pill ${pill.tone}`, pill.text)
  made.title = pill.said ?? pill.text
  made.dir = "auto"
  return made
}

/** What is decided, with what is on its way to the server. */
function statesOf(list, row) {
  const states = row.states.filter((state) => state.text !== "Open" && state.text !== "Flagged" && (state.tone !== "good" || isAccepted(list, row)))
  if (isFlagged(list, row)) states.unshift({ text: "Flagged", tone: "warn" })
  if (isAccepted(list, row) && !row.checked) states.push({ text: "Checked", tone: "good" })
  return states.length ? states : [{ text: "Open", tone: "plain" }]
}

function doubtCell(row) {
  const made = cell("doubt")
  if (!row.doubt) {
    made.append(make("small", "", "not read yet"))
    return made
  }
  const meter = make("span", "meter")
  const bar = make("i")
  bar.style.width = `${Math.round(100 * row.share)}%`
  meter.append(bar)
  made.append(meter, row.doubt)
  return made
}

function paintPreview(list) {
  const row = current(list)
  const preview = list.find(".preview")
  preview.hidden = !row
  if (!row) return
  const focused = list.root.getRootNode().activeElement?.dataset?.start
  renew(list.find(".sides"), JSON.stringify([row.position, row.source, row.target, row.unread]), () => [
    makeSide(row.source, false),
    makeSide(row.target, true, row.unread),
  ])
  if (focused !== undefined) list.find(`button.entity[data-start="${focused}"]`)?.focus()
  const reasons = row.why.map((reason) => makePill({ ...reason, text: reason.said }))
  if (row.note) reasons.push(makePill({ text: `Note: ${row.note}`, tone: "" }))
  if (!reasons.length) reasons.push(make("small", "", row.doubt ? "Nothing doubtful was found." : row.unread))
  list.find(".reasons").replaceChildren(...reasons)
  const button = (name) => list.find(`button[data-do="${name}"]`)
  button("accept").disabled = !row.ready || Boolean(list.data.readonly) || isAccepted(list, row)
  button("accept").title = list.data.readonly || (row.ready ? "" : row.unread)
  button("flag").firstChild.textContent = isFlagged(list, row) ? "Unflag " : "Flag "
  button("flag").disabled = Boolean(list.data.readonly)
  button("undo").disabled = !list.done.length
}

function makeSide(side, isTarget, missing) {
  const made = make("div", "side")
  const words = make("div", "words")
  made.append(make("b", "", side ? side.name : isTarget ? "Translation" : "Source"), words)
  if (!side) {
    words.append(make("span", "missing", missing || "not there yet"))
    return made
  }
  Object.assign(words, { dir: side.direction, lang: side.language })
  const starts = new Map(side.entities.map((entity) => [entity.start, entity]))
  for (let index = 0; index < side.words.length; index++) {
    const entity = starts.get(index)
    if (side.gaps[index]) words.append(" ")
    else if (index) words.append(make("wbr"))
    if (!entity) words.append(make("bdi", "", side.words[index]))
    else {
      words.append(makeEntity(side, entity, isTarget))
      index = entity.end - 1
    }
  }
  return made
}

function makeEntity(side, entity, isTarget) {
  const box = make(isTarget ? "button" : "span", `entity ${entity.state} ${entity.colour}`)
  for (let index = entity.start; index < entity.end; index++) {
    if (index > entity.start && side.gaps[index]) box.append(" ")
    box.append(make("bdi", "", side.words[index]))
  }
  box.append(make("span", "tag", entity.label))
  if (entity.score) {
    const score = make("span", "score", entity.score)
    score.dir = "ltr"
    box.append(score)
  }
  const words = side.words.slice(entity.start, entity.end).join(" ")
  box.title = isTarget ? `${entity.said}. Click to find this name in other sentences` : entity.said
  box.setAttribute("aria-label", `${words}, ${entity.label}, ${entity.said}${isTarget ? ", find it in other sentences" : ""}`)
  if (isTarget) {
    box.type = "button"
    box.dataset.start = entity.start
    box.entity = entity
  }
  return box
}

/** Say only what is true: stored once nothing waits any more. */
function paintSaved(list) {
  const saved = list.find(".saved")
  const late = list.waitingSince && Date.now() - list.waitingSince > WORRY_AFTER
  const steps = unsaved(list)
  const count = `${steps} ${steps === 1 ? "step" : "steps"}`
  const text = !steps ? (list.data?.saved ? `Saved ${list.data.saved}` : "") : late ? `Not saved, ${count} kept here. Reconnecting.` : "Saving…"
  if (saved.textContent === text) return
  saved.textContent = text
  saved.className = `saved ${steps ? (late ? "bad" : "") : "good"}`
}
