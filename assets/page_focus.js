// Where the focus of the whole page is, for components whose keys work from everywhere: the editor and the queue.
const NAVIGATION = "nav, header, [data-testid='stSidebar']"
/** Widgets that use arrow keys or letters themselves; tabs and radio buttons only if a key has brought one there. */
const OWN_KEYS = `[role="slider"], [role="spinbutton"], [role="combobox"], [role="listbox"], [role="grid"],
  [role="tree"], [role^="menu"], [role="scrollbar"], input[type="range"], canvas, iframe, audio, video`
const SWITCHES = '[role="tab"], [role="radio"], input[type="radio"]'
let focusedByKeys = false

/** Remember how the focus came where it is: at the next key press the browser would say "by keys" in any case. */
function watchFocus(event) {
  const node = event.composedPath()[0]
  focusedByKeys = node instanceof Element && node.matches(":focus-visible")
}

/** Nothing has the focus: it is on the body, or on the page as a whole after a click beside everything. */
const isNowhere = (node) => !node || node === document.body || node.matches?.('[data-testid="stMain"]') === true

/** A link between the pages of the app: the focus stays there after a click, though the person is on the new page. */
const isOnNavigation = (node) => Boolean(node?.closest?.("a[href]")?.closest(NAVIGATION))

/** Whether a component that has just come may take the focus: nobody is busy with anything. */
function mayTakeFocus() {
  const active = document.activeElement
  return !isDialogOpen() && (isNowhere(active) || isOnNavigation(active))
}

/** Whether all keys belong to what has the focus. Never only some: a dead arrow key before a letter does harm. */
function keepsKeys(node) {
  if (!(node instanceof Element) || isNowhere(node)) return false
  return Boolean(node.closest(OWN_KEYS)) || (focusedByKeys && (node.matches(SWITCHES) || isScroller(node)))
}

function isScroller(node) {
  const { overflowX, overflowY } = getComputedStyle(node)
  const rolls = (how, inside, outside) => /auto|scroll/.test(how) && inside > outside
  return rolls(overflowX, node.scrollWidth, node.clientWidth) || rolls(overflowY, node.scrollHeight, node.clientHeight)
}

/** Whether a dialog or small window of the page is open; those of a component are in its shadow root, not found here. */
function isDialogOpen() {
  const open = document.querySelectorAll('[role="dialog"], dialog[open], [data-testid="stPopoverBody"]')
  return [...open].some((node) => node.getClientRects().length)
}
