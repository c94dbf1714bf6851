// What opens for a moment: the note, the search for a label, the list of all keys; and the clicks on all buttons.
function onClick(editor, event) {
  if (event.target.matches?.(".help")) return toggleHelp(editor) // beside the list, on the page behind it
  const node = event.target.closest?.("[data-command]")
  if (!node || node.getAttribute("aria-disabled") === "true") return
  run(editor, node.dataset.command, node.dataset.label)
}

function onFieldKey(editor, event) {
  if (!editor.root.contains(event.composedPath()[0])) return
  if (event.key === "Escape") {
    event.preventDefault()
    event.stopPropagation()
    leave(editor)
  } else if (keyName(event) === "Ctrl+s") event.preventDefault()
  else event.stopPropagation() // what is typed here is nobody's shortcut
}

function openForm(editor, name, text) {
  if (editor.data.readonly) return say(editor, editor.data.readonly, "warn")
  const form = editor.find(`.${name}`)
  const field = form.querySelector("input")
  form.hidden = false
  field.value = text
  paintHead(editor)
  field.focus()
  field.select()
}

/** Close what is open; returns whether anything was. */
function closeForms(editor) {
  const open = [...editor.root.querySelectorAll("form:not([hidden])")]
  for (const form of open) form.hidden = true
  if (open.length) paintHead(editor)
  return open.length > 0
}

function openNote(editor) {
  openForm(editor, "note", editor.doc.note ?? "")
}

function openLabels(editor) {
  if (!editor.view.pick) return say(editor, "Select words first: arrow keys, or Tab for the next label.")
  openForm(editor, "labels", "")
  onInput(editor)
}

function onInput(editor) {
  const form = editor.find(".labels")
  if (form.hidden) return
  const found = matchingLabels(editor, form.querySelector("input").value)
  form.querySelector(".matches").replaceChildren(
    ...found.map(({ label, colour }) => {
      const node = make("button", `hint ${colour}`)
      Object.assign(node, { type: "button" })
      Object.assign(node.dataset, { command: "label", label })
      node.append(make("span", "tag", label))
      return node
    }),
  )
}

/** Labels that begin with what is typed, then those that contain it; at most six. */
function matchingLabels(editor, typed) {
  const wanted = typed.trim().toLowerCase()
  const at = ({ label }) => label.toLowerCase().indexOf(wanted)
  const fit = editor.doc.labels.filter((item) => at(item) >= 0)
  return [...fit.filter((item) => at(item) === 0), ...fit.filter((item) => at(item) > 0)].slice(0, 6)
}

function onSubmit(editor, event) {
  event.preventDefault()
  const field = event.target.querySelector("input")
  const isNote = event.target.matches(".note")
  const label = isNote ? null : matchingLabels(editor, field.value)[0]?.label
  if (!isNote && !label) return say(editor, "No label of this project contains that.", "warn")
  const text = field.value.trim()
  closeForms(editor)
  focusRow(editor)
  if (label) run(editor, "label", label)
  else if (text !== editor.doc.note) edit(editor, { kind: "note", text }, text ? "Note written." : "Note deleted.")
}

function toggleHelp(editor) {
  const help = editor.find(".help")
  if (help.open) {
    help.close()
    focusRow(editor)
  } else {
    help.replaceChildren(helpParts(editor))
    help.showModal()
  }
}

function helpParts(editor) {
  const named = editor.doc.labels.slice(0, 36).map((item, index) => [keyOfLabel(editor, item, index).toUpperCase(), item.label])
  const groups = named.length ? [...HELP, ["Labels here", named.filter(([key]) => key)]] : HELP
  return listOfKeys(groups, button("Close", "help", "Esc"))
}
