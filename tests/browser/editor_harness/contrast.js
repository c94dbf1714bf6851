// Returns the texts of the editor that have less than 4.5 to 1 against what is behind them (WCAG 2.2 AA).
() => {
  const paper = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const read = (colour) => {
    paper.clearRect(0, 0, 1, 1)
    paper.fillStyle = colour
    paper.fillRect(0, 0, 1, 1)
    return [...paper.getImageData(0, 0, 1, 1).data]
  }
  const over = (top, below) => [0, 1, 2].map((i) => (top[i] * top[3]) / 255 + below[i] * (1 - top[3] / 255)).concat(255)
  const linear = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  const page = read(getComputedStyle(document.body).backgroundColor)
  const behind = (node) => {
    const chain = []
    for (; node; node = node.parentElement) chain.unshift(read(getComputedStyle(node).backgroundColor))
    return chain.reduce((below, top) => over(top, below), page)
  }
  const weak = []
  const walker = document.createTreeWalker(harness.home.querySelector(".editor"), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim()
    const node = walker.currentNode.parentElement
    if (!text || !node.getClientRects().length || node.closest('[aria-disabled="true"]')) continue
    const back = behind(node)
    const values = [luminance(over(read(getComputedStyle(node).color), back)), luminance(back)].sort((a, b) => b - a)
    const ratio = (values[0] + 0.05) / (values[1] + 0.05)
    if (ratio < 4.5) weak.push(`${text} ${node.className} ${ratio.toFixed(2)}`)
  }
  return weak
}
