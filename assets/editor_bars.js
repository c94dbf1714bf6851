// Above the sentences: the bar, notices, the head with its tools. What is below them is in editor_foot.js.
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
  setDisabled(editor, "accept", Boolean(data.readonly) || !doc.target.words.length)
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
  const shown = [
    data.readonly,
    problems,
    data.conflict,
    editor.doc.target.words,
    waiting(editor, data).some((op) => op.kind === "resolve"),
  ]
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
    return [
      make("b", "pill accent", "Link"),
      text,
      button("Link or unlink", "linkHere", "G"),
      button("Stay", "linkStay", "Space"),
      button("Done", "leave", "Esc"),
    ]
  }
  if (mode === "token")
    return [
      make("b", "pill accent", "Split tokens"),
      button("Split at the mark", "split", "Enter"),
      button("Join with next", "merge", "M"),
      button("Done", "token", "T"),
    ]
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
