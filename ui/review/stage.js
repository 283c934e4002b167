// What a meeting needs of the browser: the clock, keys, the full screen, the room that is left for evidence, and copies.
// Names and findings come from data: they are set as text, never as markup.

const STEPS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }
const PATIENCE = 1500  // milliseconds that a step which was asked for is waited for, while nothing runs
const kept = new WeakMap()

const press = name => {
  const button = document.querySelector(`.st-key-meeting_${name} button`)
  if (button && !button.disabled) button.click()
  return Boolean(button)
}
const typing = at => at.closest?.("input, textarea, select, [contenteditable=true], [role=dialog], [role=listbox], [role=slider], [role=radio], [role=tab]")
const own = at => at.closest?.("button, a, summary, [role=button], [role=option]")
const running = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning"

// Keys that come while a step is still being shown count from the step that was asked for last, not from the wall's.
function walk(one, by) {
  const waits = one.wanted !== undefined && (running() || performance.now() - one.pressed < PATIENCE)
  const from = waits ? one.wanted : one.data.at, to = from + by
  if (to >= 0 && to < one.data.steps.length) goTo(one, to)
}

function goTo(one, at) {
  Object.assign(one, { wanted: at, pressed: performance.now() })
  one.go(one.data.steps[at].id)
}

const clock = seconds => {
  const all = Math.max(0, Math.floor(seconds)), hours = Math.floor(all / 3600)
  const rest = `${String(Math.floor(all / 60) % 60).padStart(hours ? 2 : 1, "0")}:${String(all % 60).padStart(2, "0")}`
  return hours ? `${hours}:${rest}` : rest
}

function tick(one) {
  const { data, root, begun } = one
  const gone = data.runs ? (performance.now() - begun) / 1000 : 0
  const spent = data.spent + gone, over = spent - data.planned
  const say = (name, text) => { const at = root.querySelector(name); if (at.textContent !== text) at.textContent = text }
  say(".spent", over > 0 ? `▲ +${clock(over)} ${data.words.over}` : `${clock(spent)} / ${clock(data.planned)}`)
  say(".total", `${data.words.total} ${clock(data.total + gone)} / ${clock(data.total_planned)}`)
  root.querySelector(".spent").classList.toggle("over", over > 0)
}

// What is left of the height below the finding belongs to the evidence; on a phone the page is scrolled instead.
function room() {
  const evidence = document.querySelector(".st-key-stage_evidence"), foot = document.querySelector(".st-key-stage_foot")
  if (!evidence || !foot) return
  const tail = document.querySelector(".st-key-stage_tail")
  const below = foot.getBoundingClientRect().height + (tail ? tail.getBoundingClientRect().height + 16 : 0)
  const main = document.querySelector("[data-testid=stMain]")
  const top = evidence.getBoundingClientRect().top + (main ? main.scrollTop : 0)
  const left = Math.max(180, Math.floor(window.innerHeight - top - below - 16))
  const style = document.documentElement.style
  if (style.getPropertyValue("--stage-room") !== `${left}px`) {
    style.setProperty("--stage-room", `${left}px`)
    window.dispatchEvent(new Event("resize"))
  }
}

// Told of what is put on the wall before anything in it is drawn: what is drawn in the wrong room is drawn twice.
function watched() {
  const stage = document.querySelector(".st-key-stage")
  if (!stage) return null
  const outside = change => !change.target.closest?.("[class*=st-key-stage_item], .js-plotly-plot")
  const watch = new MutationObserver(changes => { if (changes.some(outside)) room() })
  watch.observe(stage, { childList: true, subtree: true })
  return watch
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.().catch(() => {})
}

async function copyText(text) {
  if (navigator.clipboard?.writeText) return navigator.clipboard.writeText(text)
  const area = Object.assign(document.createElement("textarea"), { value: text })  // an address without https
  document.body.append(area)
  area.select()
  const done = document.execCommand("copy")
  area.remove()
  if (!done) throw new Error("copy")
}

// The drawing as it stands, under the finding, as one picture: drawn by the browser itself, nothing is sent anywhere.
async function picture(data) {
  const plots = [...document.querySelectorAll(".st-key-stage_evidence .js-plotly-plot")]
  if (!plots.length) throw new Error("none")
  const style = getComputedStyle(document.querySelector("[data-testid=stApp]"))
  const sizes = plots.map(plot => plot.getBoundingClientRect()), pad = 32
  const width = Math.max(1000, ...sizes.map(one => one.width)) + 2 * pad
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d")
  const large = `600 34px ${style.fontFamily}`, small = `22px ${style.fontFamily}`
  pen.font = large
  const lines = broken(pen, data.finding, width - 2 * pad)
  const tops = sizes.map(() => 0)
  let height = pad + lines.length * 44 + 12
  sizes.forEach((one, at) => { tops[at] = height; height += one.height + 36 })
  canvas.width = width * 2
  canvas.height = (height + 40) * 2
  pen.scale(2, 2)
  pen.fillStyle = style.backgroundColor
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = style.color
  pen.font = large
  lines.forEach((line, at) => pen.fillText(line, pad, pad + 34 + at * 44))
  pen.font = small
  for (const [at, plot] of plots.entries()) {
    pen.fillText(plot.closest("[class*=st-key-stage_item]")?.querySelector("button [data-testid=stMarkdownContainer]")?.textContent ?? "", pad, tops[at] + 24)
    for (const svg of plot.querySelectorAll("svg.main-svg")) {
      const copy = svg.cloneNode(true)
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg")
      asWide(svg, copy)
      const { width: wide, height: high } = sizes[at]  // outside of the page its font may run wider: room at both sides
      copy.setAttribute("viewBox", `-${pad} 0 ${wide + 2 * pad} ${high}`)
      copy.setAttribute("width", wide + 2 * pad)
      copy.setAttribute("height", high)
      const image = new Image()
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`
      await image.decode()
      pen.drawImage(image, 0, tops[at] + 36, wide + 2 * pad, high)
    }
  }
  pen.fillText(data.view, pad, height + 16)
  return new Promise((done, fail) => canvas.toBlob(blob => (blob ? done(blob) : fail(new Error("blob"))), "image/png"))
}

// An image knows no font of the page: its words are pressed into the room that they have there, or legends run together.
function asWide(svg, copy) {
  const parts = drawn => [...drawn.querySelectorAll("text")].flatMap(text => {
    const lines = [...text.querySelectorAll("tspan.line")]
    return lines.length ? lines : [text]
  })
  const copies = parts(copy)
  for (const [at, part] of parts(svg).entries()) {
    const long = part.getComputedTextLength()
    if (!long) continue
    copies[at].setAttribute("textLength", long)
    copies[at].setAttribute("lengthAdjust", "spacingAndGlyphs")
  }
}

function broken(pen, text, width) {
  const lines = [""]
  for (const part of text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) ?? []) {
    const longer = lines.at(-1) + part
    if (pen.measureText(longer.trim()).width > width && lines.at(-1)) lines.push(part)
    else lines[lines.length - 1] = longer
  }
  return lines.map(line => line.trim())
}

async function copyPicture(data) {
  const made = picture(data)
  if (navigator.clipboard?.write && window.ClipboardItem) {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": made })])
      return data.words.copied
    } catch { /* not allowed to: it becomes a file */ }
  }
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await made) })
  link.download = `${data.file}.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  return data.words.saved
}

const DOES = {
  text: async data => { await copyText(`${data.text}\n${location.href}`); return data.words.copied },
  link: async data => { await copyText(location.href); return data.words.copied },
  picture: copyPicture,
}

function dots(one) {
  const { root, data } = one, list = root.querySelector(".dots")
  list.replaceChildren(...data.steps.map((step, at) => {
    const dot = document.createElement("button")
    dot.type = "button"
    dot.title = `${at + 1}. ${step.title}`
    dot.className = at === data.at ? "now" : step.seen ? "seen" : ""
    dot.textContent = at + 1
    dot.setAttribute("aria-label", dot.title)
    if (at === data.at) dot.setAttribute("aria-current", "step")
    dot.onclick = () => goTo(one, at)
    return dot
  }))
}

export default function (component) {
  const { data, parentElement: root, setTriggerValue } = component
  const one = kept.get(root) ?? { root }
  if (one.wanted === data.at) one.wanted = undefined
  Object.assign(one, { data, begun: performance.now(), go: step => setTriggerValue("go", step) })
  if (!kept.has(root)) {
    kept.set(root, one)
    one.timer = setInterval(() => { tick(one); room() }, 500)
    one.watch = watched()
    one.key = event => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
      if (document.querySelector("[role=dialog]")) return  // what is open over the wall has the keys
      const { key } = event
      if (key === "f" || key === "F") fullScreen()
      else if (key === "Home" || key === "End") goTo(one, key === "Home" ? 0 : one.data.steps.length - 1)
      else if (STEPS[key] && !(key === " " && own(event.target))) walk(one, STEPS[key])
      else if (key !== "ArrowDown" || !press("evidence")) return
      event.preventDefault()
    }
    document.addEventListener("keydown", one.key)
    one.sized = () => room()
    document.addEventListener("fullscreenchange", one.sized)
    root.querySelector(".full").onclick = fullScreen
    for (const name of Object.keys(DOES)) {
      root.querySelector(`.${name}`).onclick = async () => {
        const told = root.querySelector(".told")
        try { told.textContent = await DOES[name](one.data) } catch { told.textContent = one.data.words.failed }
        clearTimeout(one.hush)
        one.hush = setTimeout(() => { told.textContent = "" }, 3000)
      }
    }
  }
  for (const name of ["full", "text", "picture", "link"]) {
    const button = root.querySelector(`.${name}`)
    button.title = data.words[name]
    button.setAttribute("aria-label", data.words[name])
  }
  root.querySelector(".picture").hidden = !data.has_picture
  dots(one)
  tick(one)
  requestAnimationFrame(room)
  return () => {
    clearInterval(one.timer)
    one.watch?.disconnect()
    document.removeEventListener("keydown", one.key)
    document.removeEventListener("fullscreenchange", one.sized)
    document.documentElement.style.removeProperty("--stage-room")
    kept.delete(root)
  }
}
