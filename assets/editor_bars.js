// What surrounds the sentences: the bar above, notices, the head with its tools, legend and hints below.
function paintBars(editor) {
  if (!editor.data) return
  paintTop(editor)
  paintNotices(editor)
  paintHead(editor)
  paintTools(editor)
  paintReading(editor)
  paintLegend(editor)
  paintHints(editor)
}

/** Rebuild a part only if what it shows has changed; `signature` stands for all of it. */
function renew(node, signature, build) {
  if (node.signature === signature) return
  node.signature = signature
  node.replaceChildren(...build())
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/** Return a button of the bar or the tools; the same command may stand elsewhere for a while. */
const fixedButton = (editor, command) => editor.find(`:is(.bar, .tools) [data-command="${command}"]`)

function setDisabled(editor, command, disabled) {
  const button = fixedButton(editor, command)
  if (disabled) button.setAttribute("aria-disabled", "true")
  else button.removeAttribute("aria-disabled")
}

function setPressed(editor, command, pressed) {
  fixedButton(editor, command).setAttribute("aria-pressed", String(Boolean(pressed)))
}

function paintTop(editor) {
  const { data, doc, find } = editor
  const here = editor.view.go ?? data.position
  renew(find(".position"), `${here}/${data.total}`, () => [make("b", "", String(here + 1)), ` of ${data.total}`])
  setDisabled(editor, "previous", here <= 0)
  setDisabled(editor, "next", here + 1 >= data.total)
  setDisabled(editor, "accept", Boolean(data.readonly))
  setDisabled(editor, "flag", Boolean(data.readonly))
  setText(find('[data-command="accept"] .text'), here + 1 < data.total ? "Accept & next" : "Accept")
  setText(find('[data-command="flag"] .text'), doc.flagged ? "Flagged" : "Flag")
  setPressed(editor, "flag", doc.flagged)
  find('[data-command="guidelines"]').hidden = !data.guidelines
  const { checked, total } = data.progress ?? { checked: 0, total: 0 }
  setText(find(".progress .text"), `${checked} of ${total} checked`)
  find(".progress .done").style.width = `${total ? (100 * checked) / total : 0}%`
  paintSaved(editor)
}

function paintSaved(editor) {
  if (!editor.data) return
  const { text, tone } = savedText(editor)
  const line = editor.find(".saved")
  setText(line, text)
  if (line.className !== `saved ${tone}`.trim()) line.className = `saved ${tone}`.trim()
}

// notices -------------------------------------------------------------------------------------------------

function paintNotices(editor) {
  const { data, problems } = editor
  const shown = [data.readonly, problems, data.conflict, editor.doc.target.words, waiting(editor, data).some((op) => op.kind === "resolve")]
  renew(editor.find(".notices"), JSON.stringify(shown), () => [
    ...(data.readonly ? [notice("", `${data.readonly}`, [])] : []),
    ...(problems.length ? [notice("bad", problems.join(" "), [button("Dismiss", "dismiss")], "alert")] : []),
    ...(data.conflict && !shown[4] ? [conflictPanel(editor, data.conflict)] : []),
  ])
}

function button(text, command, key = "", className = "tool") {
  const node = make("button", className, text)
  node.type = "button"
  node.dataset.command = command
  if (key) node.append(make("kbd", "", key))
  return node
}

function notice(tone, text, buttons, role = "status") {
  const node = make("div", `notice ${tone}`)
  node.setAttribute("role", role)
  node.append(make("p", "", text), ...buttons)
  return node
}

/** Two versions of one sentence, one above the other, each with its name and the button that keeps it. */
function conflictPanel(editor, conflict) {
  const node = make("section", "conflict")
  node.setAttribute("role", "group")
  node.setAttribute("aria-label", "Two versions of this sentence")
  const about = make("p", "")
  about.append(make("b", "", "Two versions of this sentence. "), conflict.text ?? "")
  const stored = [conflict.author, conflict.at].filter(Boolean).join(", ")
  node.append(
    about,
    version(editor, "Yours", conflict.mine, button("Keep mine", "keepMine", "", "button")),
    version(editor, stored ? `Stored, ${stored}` : "Stored", conflict.theirs, button("Keep stored", "keepStored", "", "button")),
  )
  return node
}

function version(editor, name, entities, choice) {
  const node = make("div", "version")
  const { target } = editor.data
  const words = make("p", "words")
  Object.assign(words, { dir: target.direction, lang: target.language })
  let next = 0
  const plain = (start, end) => start < end && words.append(make("bdi", "", textOf(target, { start, end })), " ")
  for (const entity of entities ?? []) {
    plain(next, entity.start)
    const box = make("span", `entity ${entity.state} ${entity.colour}`)
    box.append(make("bdi", "", textOf(target, entity)), make("span", "tag", entity.label))
    words.append(box, " ")
    next = entity.end
  }
  plain(next, target.words.length)
  node.append(make("b", "", name), words, choice)
  return node
}

// head ------------------------------------------------------------------------------------------------------

function paintHead(editor) {
  const { data, doc, find, mode } = editor
  const form = ["note", "labels"].some((name) => !find(`.${name}`).hidden)
  find(".mode").hidden = mode === "edit" || form
  find(".about").hidden = mode !== "edit" || form
  const signature = JSON.stringify([data.title, data.doubt, data.stale, doc.checked, doc.note, Boolean(data.readonly)])
  renew(find(".about"), signature, () => aboutSentence(editor))
  renew(find(".mode"), `${mode} ${JSON.stringify(editor.first)}`, () => aboutMode(editor))
}

function aboutSentence({ data, doc }) {
  const nodes = [make("b", "", data.title?.id ?? ""), make("span", "faint", data.title?.about ?? "")]
  if (doc.checked) {
    const pill = button("\u2713 Checked", "uncheck", "", "pill good")
    pill.setAttribute("aria-label", "\u2713 Checked. Press to take the check back")
    if (data.readonly) pill.disabled = true
    nodes.push(pill)
  }
  if (data.stale) nodes.push(make("span", "pill warn", "Being computed anew"))
  for (const { text, tone } of data.doubt ?? []) nodes.push(make("span", `pill ${/^[a-z]+$/.test(tone ?? "") ? tone : ""}`, text))
  if (doc.note) {
    const written = make("bdi", "written", doc.note)
    const pill = button("", "note", "", "pill note-text")
    pill.setAttribute("aria-label", `Note: ${doc.note}. Press to change it`)
    pill.append("Note: ", written)
    nodes.push(pill)
  }
  return nodes
}

function aboutMode(editor) {
  const { mode, first, doc } = editor
  if (mode === "link") {
    const text = make("span", "")
    text.append("from ", make("bdi", "strong", doc[first.side].words[first.index]), " to a word in the other sentence")
    return [make("b", "pill accent", "Link"), text, button("Link or unlink", "linkHere", "G"), button("Stay", "linkStay", "Space"), button("Done", "leave", "Esc")]
  }
  if (mode === "token")
    return [make("b", "pill accent", "Split tokens"), button("Split at the mark", "split", "Enter"), button("Join with next", "merge", "M"), button("Done", "token", "T")]
  return []
}

function paintTools(editor) {
  const { data, doc, show, mode } = editor
  setDisabled(editor, "undo", !doc.undo || Boolean(data.readonly))
  setDisabled(editor, "redo", !doc.redo || Boolean(data.readonly))
  setPressed(editor, "links", show.links)
  setPressed(editor, "methods", show.methods)
  setPressed(editor, "token", mode === "token")
  editor.root.classList.toggle("stale", Boolean(data.stale))
}

/** The button that wraps is there only where the sentence does not fit on one line. */
function paintWrap(editor) {
  setPressed(editor, "wrap", isWrapped(editor))
  fixedButton(editor, "wrap").hidden = editor.root.classList.contains("fits")
}

// below -------------------------------------------------------------------------------------------------------

/** What is known about the word or link under the pointer or cursor, in words: nothing is said by hover alone. */
function paintReading(editor) {
  const { doc, hot, cursor } = editor
  const place = hot?.side ? hot : cursor
  const link = hot?.link
  if (link) return setText(editor.find(".reading"), `${isolated(doc.source.words[link[0]])} \u2013 ${isolated(doc.target.words[link[1]])} ${link[3]}${link[4] ? " by hand" : ""}`)
  const word = doc[place.side].words[place.index]
  if (word === undefined) return setText(editor.find(".reading"), "")
  const here = place.side === "source" ? 0 : 1
  const other = doc[otherSide(place.side)]
  const linked = doc.links.filter((item) => item[here] === place.index).map((item) => `${isolated(other.words[item[1 - here]])} ${item[3]}`.trim())
  const missing = other.words.length ? "no link" : ""
  const entity = entityOver(doc[place.side], place.index)
  const about = entity ? ` \u00b7 ${[isolated(entity.label), entity.said, entity.score].filter(Boolean).join(", ")}` : ""
  setText(editor.find(".reading"), [isolated(word), linked.join(", ") || missing].filter(Boolean).join(" \u2192 ") + about)
}

const isolated = (text) => `\u2068${text}\u2069`

const LEGEND = [["auto", "automatic"], ["kept", "given"], ["accepted", "accepted"], ["both", "accepted or given"], ["bulk", "accepted in bulk"], ["corrected", "corrected"], ["manual", "added by hand"]] // prettier-ignore

function paintLegend(editor) {
  const { doc, data, show } = editor
  const states = new Set([...doc.source.entities, ...doc.target.entities].map((entity) => entity.state))
  if (states.has("kept") && states.has("accepted")) states.add("both") // they look the same
  const hidden = states.has("both") ? ["kept", "accepted"] : []
  const both = doc.source.words.length && doc.target.words.length
  const unlinked = both && ["source", "target"].some((side) => doc[side].linked.includes(false))
  const differs = show.methods && data.strips.some((strip) => strip.differs.length)
  renew(editor.find(".legend"), JSON.stringify([...states, unlinked, differs]), () => {
    const items = LEGEND.filter(([state]) => states.has(state) && !hidden.includes(state)).map(([state, text]) => {
      const item = make("span", "", "")
      item.append(make("i", `entity ${state}`, MARKS[state] ?? ""), text)
      return item
    })
    if (unlinked) items.push(legendItem(make("u", "", "word"), "no link"))
    if (differs) items.push(legendItem(make("i", "differs"), "method differs"))
    return items
  })
}

function legendItem(sample, text) {
  const item = make("span", "")
  item.append(sample, text)
  return item
}

/** Keys that fit what is selected, as buttons, so that mouse and touch have them too. */
function paintHints(editor) {
  const hints = hintsFor(editor)
  renew(editor.find(".hints"), JSON.stringify(hints), () => hints.map(({ command, keys, text, label, colour, pressed }) => {
    const node = make("button", `hint ${colour ?? ""}`.trim())
    node.type = "button"
    node.dataset.command = command
    if (label) node.dataset.label = label
    if (pressed !== undefined) node.setAttribute("aria-pressed", String(pressed))
    if (keys) node.append(make("kbd", "", keys))
    node.append(make("span", label ? "tag" : "", text))
    return node
  })) // prettier-ignore
}

const hint = (command, keys, text) => ({ command, keys, text })

function hintsFor(editor) {
  const { mode, view, data, doc } = editor
  if (data.readonly || editor.turning) return [hint("nextSpan", "Tab", "next label")]
  if (mode !== "edit") return [hint("left", "\u2190", "left"), hint("right", "\u2192", "right"), hint("other", "\u2191\u2193", "other sentence")]
  if (!view.pick) return [hint("nextSpan", "Tab", "next label"), hint("right", "\u2190 \u2192", "move")]
  if (candidatesFor(editor)[view.ghost]) return [hint("use", "Enter", "use"), hint("candidate", "C", "next candidate"), hint("leave", "Esc", "leave it")]
  const entity = pickedEntity(editor)
  const keyed = doc.labels.map((item, index) => ({ ...item, keys: keyOfLabel(editor, item, index).toUpperCase() }))
  const labels = keyed.slice(0, 9).map(({ label, keys, colour }) => ({ command: "label", label, keys, text: label, colour, pressed: entity?.label === label }))
  const more = doc.labels.length > 9 ? [hint("search", "/", `${doc.labels.length - 9} more`)] : []
  if (!entity) return [...labels, ...more, hint("link", "G", "link"), hint("extendRight", "\u21e7 \u2192", "more words")]
  const unchecked = entity.state === "auto" && view.pick.side === "target"
  return [
    ...labels, ...more,
    ...(unchecked ? [hint("confirm", "Y", "confirm"), hint("reject", "X", "reject")] : [hint("remove", "Del", "remove")]),
    hint("startOut", "[", "start"), hint("endOut", "]", "end"),
    ...(candidatesFor(editor).length ? [hint("candidate", "C", "candidates")] : []),
    hint("link", "G", "link"),
  ] // prettier-ignore
}
