/* Everybody's page follows the chair: it is told the meeting's version as soon as that changes, with what it shows where
   others are shown the same, and asks for it otherwise. Where nothing can be told it asks once a second. Without this
   script a reload does the same. The time of the item in hand runs on meanwhile. */
(() => {
  "use strict"
  const EVERY = 1000, AGAIN_AFTER = 5000
  const TOKEN = /a-token-of-its-own-for-each-reader/g
  const followed = () => document.getElementById("follow")
  let told = "", asking = 0

  const ask = () => followed() && htmx.trigger(followed(), "ask")
  const askAgainAndAgain = () => { asking ||= setInterval(ask, EVERY) }
  const wait = () => { clearInterval(asking); asking = 0 }
  const isBehind = () => told !== "" && followed() && Number(followed().dataset.version) < Number(told)

  // What is on the page already stays as it is: somebody may be writing in it.
  const show = (news) => {
    const { hand, question } = followed().dataset
    const part = news.hand_key !== hand ? news.hand : news.question_key !== question ? news.question : ""
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value
    if (part === undefined || !token) ask()
    else htmx.swap("#follow", (news.around + part).replace(TOKEN, token), { swapStyle: "outerHTML", settleDelay: 20 })
  }

  const listen = () => {
    const stream = new EventSource(followed().dataset.stream, { withCredentials: true })
    const hear = (version, act) => {
      told = version
      if (!followed()?.dataset.version) stream.close()
      else if (isBehind()) act()
    }
    stream.onopen = wait
    stream.onmessage = (event) => hear(event.data, ask)
    stream.addEventListener("shown", (event) => {
      const news = JSON.parse(event.data)
      hear(news.version, () => show(news))
    })
    stream.onerror = () => {
      askAgainAndAgain()
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_AFTER)
    }
  }

  const showTime = () =>
    document.querySelectorAll("[data-used]").forEach((clock) => {
      clock.seenAt ||= Date.now()
      const seconds = Number(clock.dataset.used) + (Date.now() - clock.seenAt) / 1000
      clock.textContent = clock.textContent.replace(/^\d+/, Math.floor(seconds / 60))
    })
  setInterval(showTime, EVERY)

  /* A long agenda stays where its reader has it when it is replaced, and is moved when another item is shown. */
  let agenda = null, top = 0, at = ""
  const showPlace = () => {
    const list = document.querySelector(".tg-agenda")
    if (!list || list === agenda) return
    const shown = list.querySelector("[aria-current]")
    list.scrollTop = top
    if (shown && shown.id !== at) {
      const ahead = shown.getBoundingClientRect().top - list.getBoundingClientRect().top
      if (ahead < 0 || ahead + shown.offsetHeight > list.clientHeight) list.scrollTop += ahead - shown.offsetHeight
    }
    list.addEventListener("scroll", () => { top = list.scrollTop })
    agenda = list
    at = shown?.id
  }

  /* What somebody has begun to write stays as it is when the item in hand is shown anew: somebody else came to be
     recused, or declared an interest. It comes back with its item where the chair took up another meanwhile. */
  const aside = new Map()
  let writing = null

  const isChosenIn = ({ options, selectedIndex }) =>
    selectedIndex !== Math.max([...options].findIndex((option) => option.defaultSelected), 0)
  const isWrittenIn = (form) => [...form.elements].some((field) => {
    if (field.options) return isChosenIn(field)
    if (/^(checkbox|radio)$/.test(field.type)) return field.checked !== field.defaultChecked
    return field.value !== field.defaultValue
  })
  const nameOf = (form) => `${form.getAttribute("action")} ${form.elements.type?.value ?? ""}`

  const keepWriting = (event) => {
    const { target, fragment } = event.detail
    for (const list of target.querySelectorAll("details[open] > summary[id]"))
      fragment.querySelector(`#${list.id}`)?.parentElement.toggleAttribute("open", true)
    if (target.id !== "hand") return
    writing = target.contains(document.activeElement) ? document.activeElement : null
    for (const form of target.querySelectorAll("form")) if (isWrittenIn(form)) aside.set(nameOf(form), form)
    for (const form of fragment.querySelectorAll("form")) {
      const kept = aside.get(nameOf(form))
      if (!kept) continue
      form.closest("details")?.toggleAttribute("open", true)
      form.replaceWith(kept)
      aside.delete(nameOf(kept))
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    showPlace()
    if (!followed()?.dataset.version) return
    askAgainAndAgain()
    if (followed().dataset.stream) listen()
  })
  // A sentence that comes while somebody writes another is let go.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const sent = event.detail.requestConfig?.parameters?.wording
    const words = event.target.id === "wording" && event.target.querySelector("textarea")
    if (words && words.value !== sent) event.detail.shouldSwap = false
  })
  document.addEventListener("htmx:oobBeforeSwap", keepWriting)
  document.addEventListener("htmx:afterSettle", (event) => {
    showPlace()
    if (writing?.isConnected && document.activeElement === document.body) writing.focus({ preventScroll: true })
    writing = null
    if (event.target.id === "follow" && isBehind()) ask()
  })
})()
