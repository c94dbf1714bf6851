// Nothing is lost: edits wait here, and in the browser's storage, until the server says they are stored. The whole
// queue is sent each time, so that a message that overtakes or replaces another one does no harm.
const STORED = "projection-unsaved:"
const RESEND_AFTER = 2000
const RESEND_AT_MOST = 10000
const WORRY_AFTER = 4000
const VIEW_PAUSE = 350
const REST = 700
const AFTER_TURN = 400

function createQueue(storage) {
  const bytes = crypto.getRandomValues(new Uint8Array(9))
  const client = [...bytes].map((byte) => byte.toString(36).padStart(2, "0")).join("")
  return {
    client,
    ops: [],
    count: 0,
    acknowledged: 0,
    recovered: leftOver(storage),
    kept: true,
    since: Date.now(),
    sentAt: 0,
    pause: RESEND_AFTER,
  }
}

/** Return what earlier pages could not hand over: [{client, ops}]. */
function leftOver(storage) {
  const found = []
  try {
    for (let index = 0; index < storage.length; index++) {
      const name = storage.key(index)
      if (!name.startsWith(STORED)) continue
      const ops = readOps(storage.getItem(name))
      if (ops.length) found.push({ client: name.slice(STORED.length), ops })
    }
  } catch {} // storage may be forbidden; then there is nothing to recover
  return found
}

function readOps(text) {
  try {
    const ops = JSON.parse(text)
    return Array.isArray(ops) ? ops.filter((item) => Number.isInteger(item?.n) && typeof item.op?.kind === "string") : []
  } catch {
    return []
  }
}

/** Keep the operations of one client in the browser, or forget them when none is left; return whether that worked. */
function keep(storage, client, ops) {
  try {
    if (ops.length) storage.setItem(STORED + client, JSON.stringify(ops))
    else storage.removeItem(STORED + client)
    return true
  } catch {
    return false
  }
}

function enqueue(editor, op) {
  const { queue, data } = editor
  if (!queue.ops.length) Object.assign(queue, { since: Date.now(), pause: RESEND_AFTER })
  const { project, sentence, position, line, revision, method, settings } = data
  const where = { project, sentence, position, line, base: revision, method, settings }
  queue.ops.push({ n: ++queue.count, ...where, seconds: secondsOpen(editor), op })
  queue.kept = keep(localStorage, queue.client, queue.ops)
  sendSoon(editor)
}

/** Drop what the server has stored; acknowledgements only grow, so an old message changes nothing. */
function acknowledge(editor, data) {
  const { queue } = editor
  const mine = data.acknowledged?.[queue.client] ?? 0
  if (mine > queue.acknowledged) {
    queue.acknowledged = mine
    queue.ops = queue.ops.filter((item) => item.n > mine)
    Object.assign(queue, { since: Date.now(), pause: RESEND_AFTER })
    queue.kept = keep(localStorage, queue.client, queue.ops)
    if (!queue.ops.length) rest(editor)
  }
  for (const item of queue.recovered) {
    item.ops = item.ops.filter((op) => op.n > (data.acknowledged?.[item.client] ?? 0))
    if (item.ops.length) continue
    keep(
      localStorage,
      item.client,
      readOps(stored(item.client)).filter((op) => op.n > data.acknowledged[item.client]),
    )
  }
  queue.recovered = queue.recovered.filter((item) => item.ops.length)
  collectProblems(editor, data)
}

function stored(client) {
  try {
    return localStorage.getItem(STORED + client)
  } catch {
    return null
  }
}

function collectProblems(editor, data) {
  for (const problem of data.problems ?? []) {
    const name = `${problem.client} ${problem.n}`
    if (editor.problemsSeen.has(name)) continue
    editor.problemsSeen.add(name)
    editor.problems.push(problem.text)
  }
}

/** Operations on the sentence that is shown which the server has not stored yet, oldest first. */
function waiting(editor, data) {
  const shown = (item) => item.project === data.project && item.sentence === data.sentence && item.line === data.line
  return editor.queue.ops.filter(shown).map((item) => item.op)
}

const waitingCount = (queue) => queue.recovered.reduce((sum, item) => sum + item.ops.length, queue.ops.length)

/** Send once at the end of this turn of the event loop, however many edits it brings. */
function sendSoon(editor) {
  if (editor.sending) return
  editor.sending = true
  queueMicrotask(() => sendNow(editor))
}

function sendNow(editor) {
  const { queue, view } = editor
  clearTimeout(editor.viewTimer)
  editor.sending = false
  editor.viewTimer = 0
  if (!editor.setStateValue) return
  queue.sentAt = Date.now()
  editor.setStateValue("sent", structuredClone({ client: queue.client, ops: queue.ops, view, recovered: queue.recovered }))
  view.open = null
}

/** After a pause in the edits, or a turn, a message without edits: only then the rest of the page is brought up to date. */
function rest(editor, pause = REST) {
  clearTimeout(editor.viewTimer)
  editor.viewTimer = setTimeout(() => {
    if (editor.queue.ops.length) return
    editor.view.n += 1 // not before: what is chosen elsewhere on the page meanwhile still counts
    sendNow(editor)
  }, pause)
}

/** Tell the server what is looked at, at once or after a short rest: arrow keys need no answer each. */
function viewChanged(editor, now = false) {
  editor.view.n += 1
  if (now) sendSoon(editor)
  else if (!editor.sending) {
    clearTimeout(editor.viewTimer)
    editor.viewTimer = setTimeout(() => sendNow(editor), VIEW_PAUSE)
  }
}

/** Called every half second: send again what stays unanswered, more and more rarely, and say how it stands. */
function checkQueue(editor) {
  const { queue } = editor
  if (waitingCount(queue) && Date.now() - queue.sentAt > queue.pause) {
    if (queue.sentAt) queue.pause = Math.min(RESEND_AT_MOST, queue.pause * 2)
    editor.view.n += 1
    sendNow(editor)
  }
  checkTurning(editor)
  paintSaved(editor)
}

/** How saving stands, in words: {text, tone}. "Saved" only if nothing waits. */
function savedText(editor) {
  const { queue, data } = editor
  const count = waitingCount(queue)
  if (!count) return { text: data.saved ? `Saved ${data.saved}` : "Nothing to save yet", tone: data.saved ? "good" : "" }
  const late = !navigator.onLine || Date.now() - queue.since > WORRY_AFTER
  if (!late) return { text: "Saving\u2026", tone: "" }
  const edits = count === 1 ? "1 edit" : `${count} edits`
  const where = queue.kept ? `${edits} kept here.` : `${edits} only on this page: do not close it.`
  return { text: `Not saved, ${where} Reconnecting.`, tone: "bad" }
}

/** Ask before leaving only if the browser could not keep the edits. */
function beforeUnload(editor, event) {
  if (editor.queue.ops.length && !editor.queue.kept) event.preventDefault()
}
